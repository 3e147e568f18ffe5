-- title: Files that are read again
-- help: Those from a source number on.
-- params: first_source_id integer
DELETE FROM read_file
WHERE source_id >= $first_source_id
