-- title: Rows of a further part
-- help: What a format returned of more files or of a further slice.
INSERT INTO staged_rows BY NAME
SELECT * FROM more_rows
