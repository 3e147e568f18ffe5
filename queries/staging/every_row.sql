-- title: All rows that a format is run over
-- help: As they were read.
CREATE OR REPLACE TEMP VIEW every_row AS
SELECT * FROM numbered_row
