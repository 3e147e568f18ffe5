-- title: Where each row stands in its file
-- help: Rows are numbered as they were read; lines that could not be read lie between them, and so does the header.
WITH first_row AS (
    SELECT source_id, min(line_no) AS row_no FROM raw GROUP BY source_id
),

-- Lines that follow one another have the same number of rows before them: the last one counts them all.
missing AS (
    SELECT
        source_id,
        rows_before,
        max(missing_so_far) AS missing_so_far
    FROM (
        SELECT
            source_id,
            row_number() OVER file_order AS missing_so_far,
            line_no - skipped - row_number() OVER file_order AS rows_before
        FROM unread INNER JOIN read_file USING (source_id)
        WINDOW file_order AS (PARTITION BY source_id ORDER BY line_no)
    )
    GROUP BY source_id, rows_before
)

SELECT
    told.* REPLACE (
        told.line_no - first_row.row_no + 1 + read_file.skipped + coalesce(missing.missing_so_far, 0) AS line_no
    )
FROM told
INNER JOIN first_row ON told.source_id = first_row.source_id
INNER JOIN read_file ON told.source_id = read_file.source_id
ASOF LEFT JOIN missing ON told.source_id = missing.source_id AND told.line_no - first_row.row_no + 1 > missing.rows_before
