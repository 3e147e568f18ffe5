-- title: Where each row stands in its file, of rows that come in the order of lines
-- help: Rows are numbered as they were read. Rows that waited know their line.
SELECT told.* REPLACE (coalesce(waited.line_no, read_file.first_line_no + told.line_no - read_file.first_row_no) AS line_no)
FROM told
INNER JOIN read_file ON told.source_id = read_file.source_id
LEFT JOIN waited ON told.line_no = waited.row_no
