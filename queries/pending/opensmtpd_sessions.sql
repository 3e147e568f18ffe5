-- title: Sessions of OpenSMTPD that are whole in no file
-- help: The lines of each session whose first and last line stand in no single file; a later file may bring the rest.
WITH whole AS (
    SELECT session
    FROM raw
    WHERE kind IN ('in', 'out', 'end')
    GROUP BY server, session, source_id
    HAVING count(DISTINCT kind = 'end') = 2
)

SELECT line_no FROM raw
WHERE session IS NOT NULL AND session <> '0000000000000000' AND session NOT IN (SELECT session FROM whole)
