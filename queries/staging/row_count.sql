-- title: The number of extracted rows
-- help: Of all files of a format.
SELECT count(*) AS row_count FROM extracted_row
