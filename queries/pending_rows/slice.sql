-- title: Pending rows of earlier slices
-- help: They are read again with the next one.
CREATE OR REPLACE TEMP TABLE pending_slice AS
SELECT every_row.* REPLACE (open_row.is_evidence AS is_evidence)
FROM every_row INNER JOIN open_row ON every_row.line_no = open_row.line_no
