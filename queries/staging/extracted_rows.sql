-- title: The rows that a format extracts from its first files
-- help: As its stage returns them.
CREATE OR REPLACE TEMP TABLE extracted_row AS
SELECT * FROM staged_row
