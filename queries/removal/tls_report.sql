-- title: TLS reports go with their source
-- help: Of sources that are removed or replaced.
DELETE FROM trace.tls_report
WHERE
    source_id IN (SELECT source_id FROM removed_source)
