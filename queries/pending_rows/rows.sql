-- title: The pending rows of a format are read again
-- help: After the rows of the files of this load.
-- params: format text
INSERT INTO kept BY NAME
SELECT unnest(from_json(kept, getvariable('kept_columns')))
FROM pending_row
WHERE format = $format
ORDER BY source_id, rowid
