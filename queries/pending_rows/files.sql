-- title: The files of the pending rows of a format
-- help: As recorded by the loads that read them.
-- params: format text
INSERT INTO read_file (source_id, skipped, row_count, first_row_no, first_line_no, first_utc)
SELECT
    source_id,
    0 AS skipped,
    0 AS row_count,
    0 AS first_row_no,
    0 AS first_line_no,
    min(first_utc) AS first_utc
FROM pending_row
WHERE format = $format AND source_id NOT IN (SELECT source_id FROM read_file)
GROUP BY source_id
