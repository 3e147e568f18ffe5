-- title: Rows that are no messages, by format and table
-- help: Settings of connectors, own domains and reports of the sources from a number on, one row for each source.
-- params: first_source_id integer
SELECT
    source.format,
    counted.kept_in,
    counted.row_count
FROM (
    SELECT source_id, 'connector' AS kept_in, count(*) AS row_count FROM trace.connector GROUP BY source_id
    UNION ALL
    SELECT source_id, 'own_domain' AS kept_in, count(*) AS row_count FROM trace.own_domain GROUP BY source_id
    UNION ALL
    SELECT source_id, 'tls_report' AS kept_in, count(*) AS row_count FROM trace.tls_report GROUP BY source_id
) AS counted
INNER JOIN trace.source ON counted.source_id = source.source_id
WHERE counted.source_id >= $first_source_id
ORDER BY counted.source_id
