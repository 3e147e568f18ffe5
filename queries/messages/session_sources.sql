-- title: The sources of the lines of a message's session
-- help: The message's own source first, then those with other messages of its session. A session of an Exchange protocol log may continue in the next file, so files of the same format that start or end within two hours of the message follow.
-- params: session_id text, hop_key integer, stored_utc timestamp
-- result: SessionSource
WITH selected AS (
    SELECT
        source_id,
        line_no,
        time_utc
    FROM message
    WHERE hop_key = $hop_key AND stored_utc = $stored_utc
),

session_lines AS (
    SELECT
        hop.source_id,
        min(hop.line_no) AS line_no
    FROM message AS hop INNER JOIN selected
        ON
            hop.session_id = $session_id AND hop.source_id <> selected.source_id
            AND hop.time_utc BETWEEN selected.time_utc - INTERVAL 1 DAY AND selected.time_utc + INTERVAL 1 DAY
    GROUP BY hop.source_id
)

SELECT
    source.path,
    source.sha256,
    source.size_bytes,
    source.source_id,
    source.format,
    coalesce(CASE WHEN source.source_id = selected.source_id THEN selected.line_no END, session_lines.line_no) AS line_no
FROM selected
INNER JOIN source AS own ON selected.source_id = own.source_id
CROSS JOIN source
LEFT JOIN session_lines ON source.source_id = session_lines.source_id
WHERE
    source.source_id = selected.source_id
    OR session_lines.source_id IS NOT NULL
    OR (
        $session_id IS NOT NULL AND own.format LIKE 'exchange\_smtp\_%' ESCAPE '\' AND source.format = own.format
        -- A file may contain only the end of a session, and then it has no message of it.
        AND (
            source.first_utc IS NULL
            OR abs(epoch(source.first_utc) - epoch(selected.time_utc)) <= 7200
            OR abs(epoch(source.last_utc) - epoch(selected.time_utc)) <= 7200
        )
    )
ORDER BY source.source_id = selected.source_id DESC, session_lines.source_id IS NULL, source.first_utc NULLS LAST, source.source_id
