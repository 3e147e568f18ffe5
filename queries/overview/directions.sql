-- title: What the files cover
-- help: Each direction and system, with its messages and how many say their TLS, over the whole file.
-- result: DirectionCover
SELECT
    direction,
    system,
    cast(sum(messages) AS BIGINT) AS messages,
    cast(coalesce(sum(messages) FILTER (WHERE tls <> 'Not recorded'), 0) AS BIGINT) AS recorded,
    cast(min(day) AS DATE) AS first_day,
    cast(max(day) AS DATE) AS last_day
FROM flow
GROUP BY direction, system
ORDER BY direction, system
