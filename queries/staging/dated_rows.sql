-- title: The dates of each file
-- help: As text, to find out whether the day or the month comes first.
CREATE OR REPLACE TEMP VIEW dated AS
SELECT
    source_id,
    trim(COLUMNS(LAMBDA name: name = getvariable('date_column'))) AS date_text
FROM extracted_row
