-- title: Rejected lines of another trace file are copied
-- help: Of the sources that are new.
INSERT INTO trace.reject BY NAME
SELECT
    copied.* REPLACE (
        part_source.new_id AS source_id
    )
FROM part.reject AS copied
INNER JOIN part_source ON copied.source_id = part_source.source_id
