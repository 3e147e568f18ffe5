-- title: Whether settings of connectors go with a removed source
-- help: A row where they do.
SELECT 1 AS is_removed FROM trace.connector
WHERE source_id IN (SELECT source_id FROM removed_source)
LIMIT 1
