-- title: Rows in the order in which they were read
-- help: Their number is where they stand in extracted_row.
CREATE OR REPLACE TEMP VIEW numbered_row AS
SELECT
    *,
    rowid AS line_no
FROM extracted_row
