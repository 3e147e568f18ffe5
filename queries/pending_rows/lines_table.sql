-- title: The lines of pending rows that are read again
-- help: row_no is their place in extracted_row, line_no the line of their file.
CREATE OR REPLACE TEMP TABLE pending_line (row_no BIGINT, source_id INTEGER, line_no BIGINT)
