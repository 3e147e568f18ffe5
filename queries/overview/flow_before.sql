-- title: The same hours of the week before
-- help: Recorded and protected messages of a span, to the second, and on how many days anything was recorded at all.
-- params: since timestamp, until timestamp
-- result: FlowSpan
SELECT
    direction,
    cast(sum(messages) AS BIGINT) AS messages,
    cast(coalesce(sum(messages) FILTER (WHERE tls <> 'Not recorded'), 0) AS BIGINT) AS recorded,
    cast(coalesce(sum(messages) FILTER (WHERE tls LIKE 'TLS%'), 0) AS BIGINT) AS protected
FROM message
WHERE
    grain = 'message' AND time_utc >= $since AND time_utc < $until
    AND direction IN ('inbound', 'outbound') AND status IN ('accepted', 'handed over')
GROUP BY direction
ORDER BY direction
