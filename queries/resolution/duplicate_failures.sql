-- title: The counted one of several records of a failed session
-- help: The earliest; of equal ones any. Only sessions of which a record was added or removed.
UPDATE trace.failed_session SET is_duplicate = ranked.is_duplicate
FROM (
    SELECT
        rowid AS row_no,
        row_number() OVER (
            PARTITION BY hop_key
            ORDER BY time_utc, direction, connector, server, peer_host, helo, peer_ip, kind, error, session_id, source_id, line_no
        ) > 1 AS is_duplicate
    FROM trace.failed_session
    WHERE hop_key IN (SELECT hop_key FROM changed_failure)
) AS ranked
WHERE trace.failed_session.rowid = ranked.row_no AND trace.failed_session.is_duplicate <> ranked.is_duplicate
