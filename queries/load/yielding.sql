-- title: Hops that another file tells better
-- help: A trace that names a message but not its session (a tracking log, a list of messages) steps back where a file that saw the session has the same hop: same id, same way, at most ten minutes apart, same peer where both name one. Answers each such hop with one that is told better.
WITH coarse AS (
    SELECT hop.rowid AS hop_row_no, hop.*
    FROM trace.message AS hop
    INNER JOIN trace.source ON hop.source_id = source.source_id
    WHERE list_contains(getvariable('yielding'), source.format)
),

fine AS (
    SELECT hop.rowid AS hop_row_no, hop.*
    FROM trace.message AS hop
    INNER JOIN trace.source ON hop.source_id = source.source_id
    WHERE NOT list_contains(getvariable('yielding'), source.format) AND source.grain = 'message'
),

pair AS (
    SELECT
        coarse.hop_row_no AS row_no,
        fine.hop_row_no AS better_row_no,
        coarse.time_utc,
        coarse.subject,
        coarse.network_message_id,
        coarse.sender,
        coarse.recipients
    FROM coarse
    INNER JOIN fine
        ON coarse.network_message_id = fine.network_message_id AND (coarse.direction = 'outbound') = (fine.direction = 'outbound')
    WHERE coarse.direction <> 'internal' AND fine.direction <> 'internal'
    UNION ALL
    SELECT
        coarse.hop_row_no AS row_no,
        fine.hop_row_no AS better_row_no,
        coarse.time_utc,
        coarse.subject,
        coarse.network_message_id,
        coarse.sender,
        coarse.recipients
    FROM coarse
    INNER JOIN fine ON coarse.message_id = fine.message_id
    WHERE
        fine.direction <> 'internal' AND fine.system = coarse.system
        AND abs(date_diff('second', coarse.time_utc, fine.time_utc)) <= 600
        AND CASE
            WHEN coarse.direction = 'internal' THEN coarse.peer_ip = fine.peer_ip
            WHEN (coarse.direction = 'outbound') = (fine.direction = 'outbound')
                THEN coarse.peer_ip IS NULL OR fine.peer_ip IS NULL OR coarse.peer_ip = fine.peer_ip
        END
)

SELECT
    row_no,
    min(better_row_no) AS better_row_no,
    any_value(time_utc) AS time_utc,
    any_value(subject) AS subject,
    any_value(network_message_id) AS network_message_id,
    any_value(sender) AS sender,
    any_value(recipients) AS recipients
FROM pair
GROUP BY row_no
