-- title: Rows that were derived from evidence
-- help: They are in the trace file since the load that read their session in full.
DELETE FROM staged_rows
WHERE line_no < 0
