-- title: Sources of another trace file are copied
-- help: Of the sources that are new. What they brought is counted when their observations are resolved.
INSERT INTO trace.source BY NAME
SELECT
    copied.* REPLACE (
        part_source.new_id AS source_id,
        0 AS message_count,
        0 AS other_count,
        0 AS already_counted
    )
FROM part.source AS copied
INNER JOIN part_source ON copied.source_id = part_source.source_id
