-- title: Hops of a source by TLS version
-- help: Of any delivery status and direction; daily totals count with their number of messages.
-- params: source_id integer
-- result: CountedVersion
SELECT
    cast(tls AS VARCHAR) AS tls,
    cast(sum(messages) AS BIGINT) AS messages
FROM trace.message
WHERE source_id = $source_id
GROUP BY tls
ORDER BY tls
