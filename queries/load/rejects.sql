-- title: Rejected lines are written
-- help: A line without a reason is no reject: a comment, a repeated header. Where columns must not be kept, neither is the text of lines.
-- params: with_text boolean
INSERT INTO trace.reject BY NAME
SELECT
    source_id,
    line_no,
    reason,
    CASE WHEN $with_text THEN text END AS text
FROM unreadable_line
WHERE reason <> ''
