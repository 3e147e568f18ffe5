-- title: The path of a source
-- help: No row where there is no such source.
-- params: source_id integer
SELECT path FROM trace.source
WHERE source_id = $source_id
