-- title: How many rows are kept
-- help: Of all files of a format.
SELECT count(*) AS row_count FROM extracted_row
