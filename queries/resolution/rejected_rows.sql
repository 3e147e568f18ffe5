-- title: Rows of a format that cannot be counted, each with its reason
-- help: What the format found wrong with a row, no time, or a time in the future.
INSERT INTO unreadable_line (source_id, line_no, reason)
SELECT DISTINCT
    source_id,
    line_no,
    CASE
        WHEN problem IS NOT NULL THEN problem
        WHEN time_utc IS NULL THEN 'the row has no time'
        ELSE 'in the future'
    END AS reason
FROM incoming
WHERE problem IS NOT NULL OR time_utc IS NULL OR time_utc > getvariable('horizon_utc')
