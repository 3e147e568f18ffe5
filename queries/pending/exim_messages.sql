-- title: Messages of an Exim mainlog that are whole in no file
-- help: The lines of each message id whose first line (<=) and last line (Completed) stand in no single file, and what was refused within the minute in which a file begins or ends; a later file may bring the rest.
WITH whole AS (
    SELECT id
    FROM raw
    WHERE flag IN ('<=', 'Completed') AND id IS NOT NULL
    GROUP BY id, server, source_id
    HAVING count(DISTINCT flag) = 2
),

edge AS (
    SELECT
        source_id,
        time_bucket(INTERVAL 1 MINUTE, min(time_utc)) AS first_utc,
        time_bucket(INTERVAL 1 MINUTE, max(time_utc)) AS last_utc
    FROM raw
    GROUP BY source_id
)

SELECT line_no FROM raw
WHERE id IS NOT NULL AND flag NOT IN ('rejected', 'damaged') AND id NOT IN (SELECT id FROM whole)
UNION ALL
-- Refusals of one sender within a minute are one.
SELECT raw.line_no
FROM raw INNER JOIN edge ON raw.source_id = edge.source_id
WHERE raw.flag = 'rejected' AND (raw.time_utc < edge.first_utc + INTERVAL 1 MINUTE OR raw.time_utc >= edge.last_utc)
