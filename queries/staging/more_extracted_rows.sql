-- title: The rows that a format extracts from further files
-- help: As its stage returns them.
INSERT INTO extracted_row BY NAME
SELECT * FROM staged_row
