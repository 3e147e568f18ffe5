-- title: Sessions of Exchange protocol logs that no file contains completely
-- help: The rows of each session whose first row (+) and last row (-) are in no single file; a later file may have the rest.
WITH complete_sessions AS (
    SELECT session
    FROM raw
    WHERE kind IN ('start'::SMTP_KIND, 'end'::SMTP_KIND)
    GROUP BY session, source_id
    HAVING count(DISTINCT kind) = 2
)

SELECT line_no FROM raw WHERE session IS NOT NULL AND session NOT IN (SELECT session FROM complete_sessions)
