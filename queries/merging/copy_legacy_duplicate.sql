-- title: Duplicates of another trace file, from versions that did not store them, are copied
-- help: Of the sources that are new.
INSERT INTO trace.legacy_duplicate BY NAME
SELECT
    copied.* REPLACE (
        part_source.new_id AS source_id
    )
FROM part.legacy_duplicate AS copied
INNER JOIN part_source ON copied.source_id = part_source.source_id
