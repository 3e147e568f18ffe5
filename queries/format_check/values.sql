-- title: Values of a column that a format of the user returned
-- help: They are written into a column of the type that the table has; problem rows are not.
INSERT INTO checked_value
SELECT COLUMNS(LAMBDA name: name = getvariable('checked_column')) FROM incoming
WHERE problem IS NULL
