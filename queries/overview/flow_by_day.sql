-- title: Mail flow by day
-- help: One row per day and direction: messages, those whose TLS was recorded, those protected by TLS.
-- params: since timestamp, until timestamp
-- result: FlowDay
SELECT
    cast(raw_direction AS VARCHAR) AS direction,
    day,
    cast(sum(messages) AS BIGINT) AS messages,
    cast(coalesce(sum(messages) FILTER (WHERE is_recorded), 0) AS BIGINT) AS recorded,
    cast(coalesce(sum(messages) FILTER (WHERE is_protected), 0) AS BIGINT) AS protected
FROM flow
WHERE quarter_utc >= $since AND quarter_utc < $until
GROUP BY raw_direction, day
ORDER BY direction, day
