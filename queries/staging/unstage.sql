-- title: Drop what was staged of a source
-- help: Run with each staged table in turn as staged_rows.
-- params: source_id integer
DELETE FROM staged_rows
WHERE source_id = $source_id
