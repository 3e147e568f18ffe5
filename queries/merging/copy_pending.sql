-- title: Copy the pending rows of another trace file
-- help: Only those of sources that the target does not have yet; part is the attached other file.
INSERT INTO trace.pending BY NAME
SELECT
    copied.* REPLACE (
        part_source.new_id AS source_id
    )
FROM part.pending AS copied
INNER JOIN part_source ON copied.source_id = part_source.source_id
