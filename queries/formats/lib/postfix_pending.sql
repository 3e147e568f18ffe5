-- title: Postfix: pending rows
-- help: Sessions and messages that no single file contains completely, with their evidence.

-- Return the rows of sessions and messages that are complete in no single file, and the rows of others that they depend on. The latter are evidence
-- only: if they were derived again, each of them would need its own evidence, without end.
CREATE OR REPLACE MACRO postfix_pending(relation, files) AS TABLE  -- noqa: CP05
WITH file_spans AS (
    SELECT source_id, min(time_utc) AS first_utc, max(time_utc) AS last_utc FROM query_table(relation) GROUP BY source_id
),

open_session_lines AS MATERIALIZED (FROM postfix_open_sessions(relation, files)),

queue_id_uses AS (FROM postfix_queue_id_uses(relation, files)),

-- A message that cleanup created, such as a bounce, has no line before that of cleanup; an aborted one has no line of qmgr.
queue_messages AS (
    SELECT
        entry.message,
        coalesce(queue_id_uses.use_no, 0) AS use_no,
        min(entry.source_id) = max(entry.source_id)
        AND (
            bool_or(entry.kind = 'client'::POSTFIX_KIND OR entry.kind = 'begun'::POSTFIX_KIND)
            OR bool_or(entry.kind = 'message id'::POSTFIX_KIND AND entry.time_utc > file_spans.first_utc + INTERVAL 10 MINUTE)
        )
        AND (
            bool_or(entry.kind = 'removed'::POSTFIX_KIND)
            OR (NOT bool_or(entry.kind = 'queued'::POSTFIX_KIND) AND max(entry.time_utc) < min(file_spans.last_utc) - INTERVAL 1 HOUR)
        ) AS is_whole
    FROM query_table(relation) AS entry
    INNER JOIN file_spans ON entry.source_id = file_spans.source_id
    LEFT JOIN queue_id_uses ON entry.line_no = queue_id_uses.line_no
    WHERE entry.message IS NOT NULL AND NOT entry.is_evidence
    GROUP BY entry.message, coalesce(queue_id_uses.use_no, 0)
),

-- A connection may be reused for ten minutes: a connection used near the start of a file may have been opened in the file before, and one opened near
-- the end may be reused in the next file. For an hour, the TLS line of a process may be in the file before; its connection is then not clear text.
chains AS MATERIALIZED (FROM postfix_chains(relation, files)),

edge_lines AS MATERIALIZED (  -- noqa: ST03
    SELECT chains.line_no
    FROM chains
    INNER JOIN query_table(files) AS file ON chains.source_id = file.source_id
    INNER JOIN file_spans ON chains.source_id = file_spans.source_id
    WHERE chains.time_utc <= file.first_utc + INTERVAL 70 MINUTE OR chains.time_utc >= file_spans.last_utc - INTERVAL 10 MINUTE
),

edge_links AS MATERIALIZED (
    SELECT
        entry.*,
        coalesce(lag(entry.source_id) OVER (PARTITION BY entry.process ORDER BY entry.time_utc, file.first_utc, entry.line_no) <> entry.source_id, TRUE)
            AS is_first,
        entry.time_utc <= file.first_utc + INTERVAL 10 MINUTE OR (is_first AND entry.time_utc <= file.first_utc + INTERVAL 1 HOUR) AS is_early,
        entry.time_utc >= file_spans.last_utc - INTERVAL 10 MINUTE AS is_late
    FROM postfix_links(relation, 'chains', 'edge_lines') AS entry
    INNER JOIN query_table(files) AS file ON entry.source_id = file.source_id
    INNER JOIN file_spans ON entry.source_id = file_spans.source_id
),

early_deliveries AS (
    SELECT line_no, message FROM edge_links
    WHERE lacks_tls_line AND is_early AND NOT is_evidence
    UNION ALL
    SELECT reuse.line_no, reuse.message
    FROM (SELECT * FROM edge_links WHERE lacks_tls_line AND is_reused AND NOT is_evidence) AS reuse
    INNER JOIN (SELECT source_id, server, peer, time_utc FROM edge_links WHERE lacks_tls_line AND is_first AND is_early AND NOT is_reused) AS opened
        ON
            reuse.source_id = opened.source_id AND reuse.server = opened.server AND reuse.peer = opened.peer
            AND reuse.time_utc BETWEEN opened.time_utc AND opened.time_utc + INTERVAL 10 MINUTE
),

-- Lines that a later file may depend on: per server the last TLS line and the last delivery that opened a connection in clear text, and TLS lines
-- whose delivery is not logged yet.
openings AS MATERIALIZED (
    SELECT max(line_no) AS line_no
    FROM edge_links
    WHERE is_late AND (kind = 'tls out'::POSTFIX_KIND OR (lacks_tls_line AND NOT is_reused))
    GROUP BY source_id, server, peer, kind
    UNION
    SELECT chains.line_no
    FROM chains INNER JOIN file_spans ON chains.source_id = file_spans.source_id
    WHERE chains.relay IS NOT NULL AND chains.next_no IS NULL AND chains.time_utc >= file_spans.last_utc - INTERVAL 1 HOUR
),

open_messages AS (
    SELECT message, use_no FROM queue_messages
    WHERE NOT is_whole
    UNION
    SELECT entry.message, coalesce(queue_id_uses.use_no, 0)
    FROM early_deliveries AS entry LEFT JOIN queue_id_uses ON entry.line_no = queue_id_uses.line_no
    UNION
    SELECT entry.message, coalesce(queue_id_uses.use_no, 0)
    FROM open_session_lines AS entry LEFT JOIN queue_id_uses ON entry.line_no = queue_id_uses.line_no
    WHERE entry.message IS NOT NULL
),

open_message_lines AS MATERIALIZED (
    SELECT
        entry.line_no,
        entry.kind,
        entry.process
    FROM query_table(relation) AS entry
    LEFT JOIN queue_id_uses ON entry.line_no = queue_id_uses.line_no
    INNER JOIN open_messages ON entry.message = open_messages.message AND coalesce(queue_id_uses.use_no, 0) = open_messages.use_no
    WHERE NOT entry.is_evidence
),

-- The sessions in which these messages were received.
session_lines AS (
    SELECT
        line_no,
        kind,
        process,
        coalesce(last_value(CASE WHEN kind = 'connect'::POSTFIX_KIND THEN line_no END IGNORE NULLS) OVER by_time, -1) AS session_no
    FROM postfix_lines(relation, files)
    WHERE
        process IN (SELECT process FROM open_message_lines WHERE kind = 'client'::POSTFIX_KIND)
        AND (kind <= 'disconnect'::POSTFIX_KIND OR kind = 'tls'::POSTFIX_KIND OR kind = 'client'::POSTFIX_KIND)
    WINDOW by_time AS (PARTITION BY process ORDER BY time_utc, first_utc, line_no ROWS UNBOUNDED PRECEDING)
),

session_evidence AS (
    SELECT line_no FROM session_lines
    WHERE
        (process, session_no) IN (SELECT (process, session_no) FROM session_lines AS message_line WHERE message_line.line_no IN (SELECT line_no FROM open_message_lines))
        AND kind <> 'client'::POSTFIX_KIND
),

-- The lines of a failed handshake are logged within a minute and may be in two files, as may the delivery that it prevented.
failed_handshakes AS MATERIALIZED (
    SELECT
        failure_step.line_no,
        failure_step.time_utc,
        max(failure_step.peer) OVER in_session AS peer,
        min(failure_step.time_utc) OVER in_session AS started_utc,
        min(failure_step.time_utc) OVER in_session <= file.first_utc + INTERVAL 1 MINUTE OR max(failure_step.time_utc) OVER in_session >= file_spans.last_utc - INTERVAL 1 MINUTE AS is_cut
    FROM postfix_failure_steps(relation, files) AS failure_step
    INNER JOIN query_table(files) AS file ON failure_step.source_id = file.source_id
    INNER JOIN file_spans ON failure_step.source_id = file_spans.source_id
    WINDOW in_session AS (PARTITION BY failure_step.process, failure_step.session_no)
),

prevented_deliveries AS (
    SELECT time_utc, postfix_relay(text) AS peer FROM query_table(relation)
    WHERE kind = 'delivery'::POSTFIX_KIND AND contains(text, '(Cannot start TLS: handshake failure') AND line_no IN (SELECT line_no FROM open_message_lines)
)

SELECT line_no, FALSE AS is_evidence FROM open_session_lines
UNION ALL
SELECT line_no, FALSE FROM open_message_lines
UNION ALL
SELECT line_no, FALSE FROM failed_handshakes WHERE is_cut
UNION ALL
SELECT line_no, TRUE FROM session_evidence
UNION ALL
SELECT line_no, TRUE FROM openings
UNION ALL
SELECT chains.next_no, TRUE FROM chains INNER JOIN openings ON chains.line_no = openings.line_no
WHERE chains.relay IS NOT NULL AND chains.next_no IS NOT NULL
UNION ALL
SELECT line_no, TRUE FROM postfix_evidence(relation, 'chains', 'open_message_lines')
UNION ALL
SELECT failed_handshakes.line_no, TRUE
FROM failed_handshakes INNER JOIN prevented_deliveries
    ON starts_with(prevented_deliveries.peer, failed_handshakes.peer) AND failed_handshakes.started_utc BETWEEN prevented_deliveries.time_utc - INTERVAL 1 MINUTE AND prevented_deliveries.time_utc;
