-- title: Sessions of OpenSMTPD that are whole in no file
-- help: The lines of each session whose first and last line stand in no single file, and deliveries without a session within the minute in which a file begins or ends; a later file may bring the rest.
WITH whole AS (
    SELECT session
    FROM raw
    WHERE kind IN ('in', 'out', 'end')
    GROUP BY server, session, source_id
    HAVING count(DISTINCT kind = 'end') = 2
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
WHERE session IS NOT NULL AND session <> '0000000000000000' AND session NOT IN (SELECT session FROM whole)
UNION ALL
SELECT raw.line_no
FROM raw INNER JOIN edge ON raw.source_id = edge.source_id
WHERE raw.session = '0000000000000000' AND (raw.time_utc < edge.first_utc + INTERVAL 1 MINUTE OR raw.time_utc >= edge.last_utc)
