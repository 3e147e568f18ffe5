-- title: All rows that a format is run over, each once
-- help: Without those of staging/duplicate_rows.
CREATE OR REPLACE TEMP VIEW every_row AS
SELECT * FROM numbered_row
WHERE line_no NOT IN (SELECT line_no FROM duplicate_row)
