-- title: Rejected lines
-- help: Lines that could not be read, with the reason.
-- params: source_id integer
-- result: RejectRow
SELECT
    source_id,
    line_no,
    reason,
    text
FROM reject
WHERE source_id = $source_id
ORDER BY line_no NULLS FIRST
LIMIT 1000
