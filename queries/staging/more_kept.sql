-- title: The rows that a format keeps of further files
-- help: As its stage returns them.
INSERT INTO kept BY NAME
SELECT * FROM staged_row
