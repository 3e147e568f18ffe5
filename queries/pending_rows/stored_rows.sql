-- title: Pending rows of a trace file are read
-- help: Those of sources that this load replaces go with them.
-- params: replaced integers
INSERT INTO pending_row
SELECT
    format,
    source_id,
    line_no,
    first_utc,
    row_json
FROM trace.pending
WHERE NOT coalesce(list_contains($replaced, source_id), FALSE)
