-- title: Rejected lines are written
-- help: A line without a reason is no reject: a comment, a repeated header. If columns are excluded, the text of lines is not stored either.
-- params: with_text boolean
INSERT INTO trace.reject BY NAME
SELECT
    source_id,
    line_no,
    reason,
    CASE WHEN $with_text THEN text END AS text
FROM unreadable_line
WHERE reason <> ''
