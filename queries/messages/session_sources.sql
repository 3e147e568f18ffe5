-- title: Where the lines of a message's session stand
-- help: The message's own source first, then those with other messages of its session. A session of an Exchange protocol log may go on in the next file, so files of the same format that begin or end within two hours of the message follow.
-- params: session_id text, hop_key integer, stored_utc timestamp
-- result: SessionSource
WITH asked AS (
    SELECT
        source_id,
        line_no,
        time_utc
    FROM message
    WHERE hop_key = $hop_key AND stored_utc = $stored_utc
),

holder AS (
    SELECT
        hop.source_id,
        min(hop.line_no) AS line_no
    FROM message AS hop INNER JOIN asked
        ON
            hop.session_id = $session_id AND hop.source_id <> asked.source_id
            AND hop.time_utc BETWEEN asked.time_utc - INTERVAL 1 DAY AND asked.time_utc + INTERVAL 1 DAY
    GROUP BY hop.source_id
)

SELECT
    source.path,
    source.sha256,
    source.size_bytes,
    source.source_id,
    source.format,
    coalesce(CASE WHEN source.source_id = asked.source_id THEN asked.line_no END, holder.line_no) AS line_no
FROM asked
INNER JOIN source AS own ON asked.source_id = own.source_id
CROSS JOIN source
LEFT JOIN holder ON source.source_id = holder.source_id
WHERE
    source.source_id = asked.source_id
    OR holder.source_id IS NOT NULL
    OR (
        $session_id IS NOT NULL AND own.format LIKE 'exchange\_smtp\_%' ESCAPE '\' AND source.format = own.format
        -- A file may hold a session's end alone, and then no message says when.
        AND (
            source.first_utc IS NULL
            OR abs(epoch(source.first_utc) - epoch(asked.time_utc)) <= 7200
            OR abs(epoch(source.last_utc) - epoch(asked.time_utc)) <= 7200
        )
    )
ORDER BY source.source_id = asked.source_id DESC, holder.source_id IS NULL, source.first_utc NULLS LAST, source.source_id
