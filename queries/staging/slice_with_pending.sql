-- title: Some of the rows that a format is run over, after those that earlier slices left open
-- help: As many as memory allows.
CREATE OR REPLACE TEMP VIEW raw AS
SELECT * FROM every_row
WHERE line_no >= getvariable('slice_begin') AND line_no < getvariable('slice_end')
UNION ALL
SELECT * FROM pending_slice
