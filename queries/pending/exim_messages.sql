-- title: Messages of an Exim mainlog that no file contains completely
-- help: The lines of each message id whose first line (<=) and last line (Completed) are in no single file, and rejections within the minute in which a file starts or ends; a later file may have the rest.
WITH complete_messages AS (
    SELECT id
    FROM raw
    WHERE flag IN ('<=', 'Completed') AND id IS NOT NULL
    GROUP BY id, server, source_id
    HAVING count(DISTINCT flag) = 2
),

file_spans AS (
    SELECT
        source_id,
        time_bucket(INTERVAL 1 MINUTE, min(time_utc)) AS first_utc,
        time_bucket(INTERVAL 1 MINUTE, max(time_utc)) AS last_utc
    FROM raw
    GROUP BY source_id
)

SELECT line_no FROM raw
WHERE id IS NOT NULL AND flag NOT IN ('rejected', 'damaged') AND id NOT IN (SELECT id FROM complete_messages)
UNION ALL
-- Rejections of one sender within a minute are one.
SELECT raw.line_no
FROM raw INNER JOIN file_spans ON raw.source_id = file_spans.source_id
WHERE raw.flag = 'rejected' AND (raw.time_utc < file_spans.first_utc + INTERVAL 1 MINUTE OR raw.time_utc >= file_spans.last_utc)
