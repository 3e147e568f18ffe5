-- title: The number of rows of each file and the position of the first one
-- help: Sets row_count, first_row_no and first_line_no of the files in raw; before a first row lie skipped lines, and unreadable ones such as a log's header.
UPDATE read_file SET
    row_count = counted.row_count,
    first_row_no = counted.first_row_no,
    first_line_no = read_file.skipped + coalesce(header.line_count, 0) + 1
FROM (SELECT source_id, count(*) AS row_count, min(line_no) AS first_row_no FROM raw GROUP BY source_id) AS counted
LEFT JOIN (
    SELECT source_id, count(*) AS line_count
    FROM (
        SELECT source_id, line_no - skipped AS line_no, row_number() OVER (PARTITION BY source_id ORDER BY line_no) AS unread_no
        FROM unreadable_line INNER JOIN read_file USING (source_id)
    )
    WHERE line_no = unread_no
    GROUP BY source_id
) AS header ON counted.source_id = header.source_id
WHERE read_file.source_id = counted.source_id
