-- title: Rows that were derived from pending rows
-- help: Of a row that is read again with a further slice, the earlier result is dropped; of evidence, the later one.
-- params: is_evidence boolean
DELETE FROM staged_rows
WHERE (source_id, line_no) IN (SELECT (source_id, line_no) FROM open_line WHERE is_evidence = $is_evidence)
