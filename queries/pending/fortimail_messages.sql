-- title: FortiMail sessions that may go on in another file
-- help: A log does not tell where a session ends, so the sessions of a file's first and last five minutes wait.
WITH edge AS (
    SELECT
        source_id,
        min(time_utc) AS first_utc,
        max(time_utc) AS last_utc
    FROM raw
    WHERE kind IS NOT NULL
    GROUP BY source_id
)

SELECT line_no
FROM raw
WHERE session_id IN (
    SELECT told.session_id
    FROM raw AS told
    INNER JOIN edge ON told.source_id = edge.source_id
    WHERE told.time_utc < edge.first_utc + INTERVAL 5 MINUTE OR told.time_utc > edge.last_utc - INTERVAL 5 MINUTE
)
