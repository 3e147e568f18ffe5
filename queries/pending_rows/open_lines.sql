-- title: The lines of pending rows
-- help: Their numbers are those of staging/line_numbers.
CREATE OR REPLACE TEMP VIEW format_row AS
SELECT
    numbered_row.source_id,
    open_row.line_no,
    open_row.is_evidence
FROM numbered_row INNER JOIN open_row ON numbered_row.line_no = open_row.line_no
