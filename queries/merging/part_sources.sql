-- title: Sources of another trace file that are new to this one
-- help: By their content; with the numbers that they get.
CREATE OR REPLACE TEMP TABLE part_source AS
SELECT
    source_id,
    cast((SELECT coalesce(max(loaded.source_id), 0) FROM trace.source AS loaded) + row_number() OVER (ORDER BY source_id) AS INTEGER) AS new_id
FROM part.source
WHERE sha256 NOT IN (SELECT loaded.sha256 FROM trace.source AS loaded)
