-- title: Rows in the order in which their files begin
-- help: The files were read in another order: see staging/row_shifts.
CREATE OR REPLACE TEMP VIEW numbered_row AS
SELECT
    *,
    rowid + getvariable('row_shifts')[source_id] AS line_no
FROM extracted_row
