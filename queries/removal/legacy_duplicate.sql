-- title: Duplicates that older versions did not store are removed with their source
-- help: Of sources that are removed or replaced.
DELETE FROM trace.legacy_duplicate
WHERE
    source_id IN (SELECT source_id FROM removed_source)
