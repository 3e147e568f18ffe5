-- title: Rows in the order in which they were read
-- help: The number is their position in extracted_row.
CREATE OR REPLACE TEMP VIEW numbered_row AS
SELECT
    *,
    rowid AS line_no
FROM extracted_row
