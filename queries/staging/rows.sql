-- title: The rows that a format is run over
-- help: All at once.
CREATE OR REPLACE TEMP VIEW raw AS
SELECT * FROM every_row
