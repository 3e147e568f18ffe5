-- title: What sources show of TLS lines being logged go with their source
-- help: Of sources that are removed or replaced.
DELETE FROM trace.tls_evidence
WHERE
    source_id IN (SELECT source_id FROM removed_source)
