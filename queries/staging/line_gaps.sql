-- title: Whether an unread line is between the rows of a file
-- help: One row if so.
SELECT 1 AS has_gap
FROM unread INNER JOIN read_file ON unread.source_id = read_file.source_id
WHERE unread.line_no > read_file.first_line_no
LIMIT 1
