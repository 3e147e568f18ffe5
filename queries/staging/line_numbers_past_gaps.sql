-- title: The line number of each row in a file with unreadable lines between its rows
-- help: As staging/line_numbers, and each unreadable line moves the rows after it by one.
WITH unread_lines AS (
    SELECT
        source_id,
        row_number() OVER file_order AS unread_no,
        line_no - first_line_no - row_number() OVER file_order + 1 AS rows_before
    FROM unreadable_line INNER JOIN read_file USING (source_id)
    WHERE line_no > first_line_no
    WINDOW file_order AS (PARTITION BY source_id ORDER BY line_no)
),

gaps AS (
    SELECT
        source_id,
        rows_before,
        max(unread_no) AS unread_so_far
    FROM unread_lines
    GROUP BY source_id, rows_before
)

SELECT
    format_row.* REPLACE (
        coalesce(
            pending_line.line_no, read_file.first_line_no + format_row.line_no - read_file.first_row_no + coalesce(gaps.unread_so_far, 0)
        ) AS line_no
    )
FROM format_row
INNER JOIN read_file ON format_row.source_id = read_file.source_id
LEFT JOIN pending_line ON format_row.line_no = pending_line.row_no
ASOF LEFT JOIN gaps ON format_row.source_id = gaps.source_id AND format_row.line_no - read_file.first_row_no >= gaps.rows_before
ORDER BY format_row.source_id, format_row.line_no
