-- title: Pending rows are written
-- help: As their format stages them. The line number of evidence is negative.
INSERT INTO trace.pending BY NAME
SELECT
    format,
    source_id,
    CASE WHEN is_evidence THEN -abs(line_no) ELSE line_no END AS line_no,
    first_utc,
    row_json
FROM staged_pending
