-- title: Whether an unreadable line is between the rows of a file
-- help: One row if so.
SELECT 1 AS has_gap
FROM unreadable_line INNER JOIN read_file ON unreadable_line.source_id = read_file.source_id
WHERE unreadable_line.line_no > read_file.first_line_no
LIMIT 1
