-- title: Hops that another file tells better
-- help: A trace that names a message but not its session (a tracking log, a list of messages) steps back where a file that saw the session has the same hop. A tracking log names the session a mail came in by, which is the peer's own or, by XPROXY, leads to it; else the same id, way and peer within ten minutes tell. Answers the pairs, the surest first (0, 1, 2); is_one says that a hop there stands for one of these only.
WITH coarse AS (
    SELECT
        hop.rowid AS row_no,
        hop.* REPLACE (cast(hop.direction AS VARCHAR) AS direction)
    FROM trace.message AS hop
    INNER JOIN trace.source ON hop.source_id = source.source_id
    WHERE list_contains(getvariable('yielding'), source.format)
),

fine AS (
    SELECT
        hop.rowid AS row_no,
        hop.time_utc,
        cast(hop.direction AS VARCHAR) AS direction,
        hop.system,
        hop.sender,
        hop.peer_ip,
        hop.message_id,
        hop.network_message_id,
        hop.session_id,
        hop.front_session_id,
        cast(hop.status AS VARCHAR) IN ('accepted', 'handed over') AS has_crossed,
        hop.hop_key
    FROM trace.message AS hop
    INNER JOIN trace.source ON hop.source_id = source.source_id
    WHERE NOT list_contains(getvariable('yielding'), source.format) AND source.grain = 'message'
),

server AS (
    SELECT * FROM fine
    WHERE system = 'Exchange Server' AND hop_key NOT IN (SELECT better_key FROM trace.stepped_back WHERE system = 'Exchange Server')
),

-- By network message id: many rows of a list may be of one hop.
listed AS (
    SELECT
        coarse.row_no,
        fine.row_no AS better_row_no,
        1 AS sure,
        FALSE AS is_one,
        coarse.time_utc,
        fine.time_utc AS better_utc
    FROM coarse
    INNER JOIN fine
        ON coarse.network_message_id = fine.network_message_id AND coarse.system = fine.system
        AND (coarse.direction = 'outbound') = (fine.direction = 'outbound')
    WHERE coarse.direction <> 'internal' AND fine.direction <> 'internal' AND coarse.system <> 'Exchange Server'
),

-- By the session that a tracking log names. A hop whose id no reply names is the one of the same sender, if it crossed.
met AS (
    SELECT
        coarse.row_no,
        server.row_no AS better_row_no,
        CASE WHEN coarse.message_id = server.message_id THEN 0 ELSE 2 END AS sure,
        TRUE AS is_one,
        coarse.time_utc,
        server.time_utc AS better_utc
    FROM coarse
    INNER JOIN server ON coarse.session_id = server.session_id
    WHERE
        coarse.system = 'Exchange Server' AND server.front_session_id IS NULL
        AND coalesce(coarse.message_id = server.message_id, server.has_crossed AND coarse.sender = server.sender)
        AND abs(date_diff('second', coarse.time_utc, server.time_utc)) <= 600
    UNION ALL
    SELECT
        coarse.row_no,
        front.row_no AS better_row_no,
        CASE WHEN coarse.message_id = front.message_id THEN 0 ELSE 2 END AS sure,
        TRUE AS is_one,
        coarse.time_utc,
        front.time_utc AS better_utc
    FROM coarse
    INNER JOIN fine AS hub ON coarse.session_id = hub.session_id
    INNER JOIN server AS front ON hub.front_session_id = front.session_id
    WHERE
        coarse.system = 'Exchange Server' AND hub.system = 'Exchange Server' AND front.direction <> 'internal'
        AND coalesce(coarse.message_id = hub.message_id, coarse.sender = hub.sender)
        AND coalesce(coarse.message_id = front.message_id, front.has_crossed AND coarse.sender = front.sender)
        AND abs(date_diff('second', coarse.time_utc, front.time_utc)) <= 600
),

-- By id, way and peer. What was handed to another own server is internal where the log of that session says so.
alike AS (
    SELECT
        coarse.row_no,
        other.row_no AS better_row_no,
        1 AS sure,
        coarse.system = 'Exchange Server' AS is_one,
        coarse.time_utc,
        other.time_utc AS better_utc
    FROM coarse
    INNER JOIN fine AS other ON coarse.message_id = other.message_id AND coarse.system = other.system
    WHERE
        abs(date_diff('second', coarse.time_utc, other.time_utc)) <= 600
        AND CASE
            WHEN coarse.system = 'Exchange Server' AND other.hop_key NOT IN (SELECT server.hop_key FROM server) THEN FALSE
            WHEN coarse.direction = 'internal' THEN other.direction <> 'internal' AND coarse.peer_ip = other.peer_ip
            WHEN other.direction = 'internal'
                THEN coarse.system = 'Exchange Server' AND coarse.direction = 'outbound' AND coarse.peer_ip = other.peer_ip
            WHEN (coarse.direction = 'outbound') = (other.direction = 'outbound')
                THEN coarse.peer_ip IS NULL OR other.peer_ip IS NULL OR coarse.peer_ip = other.peer_ip
        END
)

SELECT
    row_no,
    better_row_no,
    min(sure) AS sure,
    bool_or(is_one) AS is_one,
    min(abs(epoch_ms(time_utc) - epoch_ms(better_utc))) AS apart_ms
FROM (
    SELECT * FROM listed
    UNION ALL
    SELECT * FROM met
    UNION ALL
    SELECT * FROM alike
)
GROUP BY row_no, better_row_no
