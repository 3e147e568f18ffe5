-- title: The line number of each row in its file
-- help: Rows are numbered as they were read; the result is in the files' order, which for logs is that of time. Pending rows keep their line.
SELECT format_row.* REPLACE (coalesce(pending_line.line_no, read_file.first_line_no + format_row.line_no - read_file.first_row_no) AS line_no)
FROM format_row
INNER JOIN read_file ON format_row.source_id = read_file.source_id
LEFT JOIN pending_line ON format_row.line_no = pending_line.row_no
ORDER BY format_row.source_id, format_row.line_no
