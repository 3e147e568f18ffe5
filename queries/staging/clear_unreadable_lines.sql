-- title: Rejected lines of files that are read again
-- help: Those from a source number on.
-- params: first_source_id integer
DELETE FROM unreadable_line
WHERE source_id >= $first_source_id
