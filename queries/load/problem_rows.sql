-- title: Rows of a format that are no messages and cannot be used
-- help: With what the format found wrong with them.
INSERT INTO unreadable_line (source_id, line_no, reason)
SELECT DISTINCT
    source_id,
    line_no,
    problem
FROM incoming
WHERE problem IS NOT NULL
