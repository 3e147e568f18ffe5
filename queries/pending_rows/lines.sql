-- title: Which lines the pending rows of a format are
-- help: Run before pending_rows/rows, in the same order.
-- params: format text
INSERT INTO pending_line
SELECT
    extracted_rows.row_count + row_number() OVER (ORDER BY source_id, pending_row.rowid) - 1 AS row_no,
    source_id,
    line_no
FROM pending_row CROSS JOIN (SELECT count(*) AS row_count FROM extracted_row) AS extracted_rows
WHERE format = $format
