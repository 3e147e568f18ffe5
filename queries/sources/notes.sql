-- title: Notes on peers
-- help: The notes of this trace file, oldest first.
-- result: Note
SELECT
    facet,
    name,
    kind,
    text,
    due,
    made_at_utc
FROM trace.note
ORDER BY made_at_utc
