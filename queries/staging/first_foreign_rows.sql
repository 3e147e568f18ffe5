-- title: The first rows of a table file, as text
-- help: Columns as the file names them.
-- params: row_count integer
SELECT cast(COLUMNS(*) AS VARCHAR) FROM foreign_row
LIMIT $row_count
