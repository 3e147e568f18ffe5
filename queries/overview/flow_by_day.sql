-- title: Mail flow by day
-- help: One row a day and direction: messages, those whose TLS was recorded, those protected by TLS.
-- params: since timestamp, until timestamp, system text
-- result: FlowDay
SELECT
    direction,
    day,
    cast(sum(messages) AS BIGINT) AS messages,
    cast(coalesce(sum(messages) FILTER (WHERE tls <> 'Not recorded'), 0) AS BIGINT) AS recorded,
    cast(coalesce(sum(messages) FILTER (WHERE tls LIKE 'TLS%'), 0) AS BIGINT) AS protected
FROM flow
WHERE quarter_utc >= $since AND quarter_utc < $until AND ($system IS NULL OR system = $system)
GROUP BY direction, day
ORDER BY direction, day
