-- title: Addresses of own servers of another trace file are copied
-- help: Of the sources that are new.
INSERT INTO trace.own_address BY NAME
SELECT
    copied.* REPLACE (
        part_source.new_id AS source_id
    )
FROM part.own_address AS copied
INNER JOIN part_source ON copied.source_id = part_source.source_id
