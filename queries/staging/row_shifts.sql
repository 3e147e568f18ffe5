-- title: How far the rows of each file are from their place
-- help: Rows are numbered in the order in which their files begin, whichever was read first: of two lines of the same moment, the number decides which came first. NULL when they were read in that order.
SET VARIABLE row_shifts = (
    WITH read_order AS (
        SELECT
            source_id,
            min(rowid) AS first_row_no,
            count(*) AS row_count
        FROM extracted_row
        GROUP BY source_id
    ),

    time_order AS (
        SELECT
            read_order.source_id,
            coalesce(sum(read_order.row_count) OVER (
                ORDER BY read_file.first_utc NULLS FIRST, read_order.source_id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
            ), 0) - read_order.first_row_no AS shift
        FROM read_order INNER JOIN read_file ON read_order.source_id = read_file.source_id
    )

    SELECT CASE WHEN bool_or(time_order.shift <> 0) THEN list(coalesce(cast(time_order.shift AS BIGINT), 0) ORDER BY numbers.source_id) END
    FROM (SELECT unnest(range(1, (SELECT max(last.source_id) + 1 FROM time_order AS last))) AS source_id) AS numbers
    LEFT JOIN time_order ON numbers.source_id = time_order.source_id
)
