-- title: Failed sessions of another trace file are copied
-- help: Of the sources that are new.
INSERT INTO trace.failed_session BY NAME
SELECT
    copied.* REPLACE (
        part_source.new_id AS source_id,
        cast(copied.direction AS VARCHAR) AS direction
    )
FROM part.failed_session AS copied
INNER JOIN part_source ON copied.source_id = part_source.source_id
