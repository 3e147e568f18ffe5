-- title: Sessions of OpenSMTPD that no file contains completely
-- help: The lines of each session whose first and last line are in no single file, and deliveries without a session within the minute in which a file starts or ends; a later file may have the rest.
WITH complete_sessions AS (
    SELECT session
    FROM raw
    WHERE kind IN ('in', 'out', 'end')
    GROUP BY server, session, source_id
    HAVING count(DISTINCT kind = 'end') = 2
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
WHERE session IS NOT NULL AND session <> '0000000000000000' AND session NOT IN (SELECT session FROM complete_sessions)
UNION ALL
SELECT raw.line_no
FROM raw INNER JOIN file_spans ON raw.source_id = file_spans.source_id
WHERE raw.session = '0000000000000000' AND (raw.time_utc < file_spans.first_utc + INTERVAL 1 MINUTE OR raw.time_utc >= file_spans.last_utc)
