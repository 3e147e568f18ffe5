-- title: The path and the format of a source
-- help: No row where there is no such source.
-- params: source_id integer
SELECT
    path,
    format
FROM trace.source
WHERE source_id = $source_id
