-- title: The pending rows of a format are read again
-- help: After the rows of the files of this load. The number of the source is that of the trace file: a merge gives it another one than the row was stored with.
-- params: format text
INSERT INTO extracted_row BY NAME
SELECT * EXCLUDE (stored_id) REPLACE (stored_id AS source_id)
FROM (
    SELECT
        source_id AS stored_id,
        unnest(from_json(row_json, getvariable('extracted_columns')))
    FROM pending_row
    WHERE format = $format
    ORDER BY source_id, rowid
)
