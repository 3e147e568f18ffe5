-- title: Directions and systems of the files
-- help: Each direction and system, with its messages and how many have their TLS recorded, over the whole file.
-- result: DirectionCoverage
SELECT
    cast(raw_direction AS VARCHAR) AS direction,
    system,
    cast(sum(messages) AS BIGINT) AS messages,
    cast(coalesce(sum(messages) FILTER (WHERE is_recorded), 0) AS BIGINT) AS recorded,
    cast(local_time(min(quarter_utc)) AS DATE) AS first_day,
    cast(local_time(max(quarter_utc)) AS DATE) AS last_day
FROM flow
GROUP BY raw_direction, system
ORDER BY direction, system
