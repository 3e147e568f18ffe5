-- title: What was counted of a source
-- help: The hops of a source by TLS version, whatever became of them and whichever way they went; daily totals count as many as they say.
-- params: source_id integer
-- result: CountedVersion
SELECT
    cast(tls AS VARCHAR) AS tls,
    cast(sum(messages) AS BIGINT) AS messages
FROM trace.message
WHERE source_id = $source_id
GROUP BY tls
ORDER BY tls
