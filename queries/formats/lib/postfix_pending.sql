-- title: Postfix, pending rows
-- help: Sessions and messages that no file has in full, with their evidence.

-- The rows of sessions and messages that are whole in no single file, and those of others that they rest on. The latter are evidence only: were they
-- derived again, each of them would need all that it rests on in turn, and so on without an end.
CREATE OR REPLACE MACRO postfix_pending(relation, files) AS TABLE  -- noqa: CP05
WITH span AS (
    SELECT source_id, min(time_utc) AS first_utc, max(time_utc) AS last_utc FROM query_table(relation) GROUP BY source_id
),

open_line AS MATERIALIZED (FROM postfix_open_sessions(relation, files)),

turns AS (FROM postfix_attempts(relation, files)),

-- A message that cleanup made itself, such as a bounce, has no line before cleanup's; one that was broken off has no line of qmgr.
letter AS (
    SELECT
        told.message,
        coalesce(turns.turn_no, 0) AS turn_no,
        min(told.source_id) = max(told.source_id)
        AND (
            bool_or(told.kind = 'client'::POSTFIX_KIND OR told.kind = 'begun'::POSTFIX_KIND)
            OR bool_or(told.kind = 'message id'::POSTFIX_KIND AND told.time_utc > span.first_utc + INTERVAL 10 MINUTE)
        )
        AND (
            bool_or(told.kind = 'removed'::POSTFIX_KIND)
            OR (NOT bool_or(told.kind = 'queued'::POSTFIX_KIND) AND max(told.time_utc) < min(span.last_utc) - INTERVAL 1 HOUR)
        ) AS is_whole
    FROM query_table(relation) AS told
    INNER JOIN span ON told.source_id = span.source_id
    LEFT JOIN turns ON told.line_no = turns.line_no
    WHERE told.message IS NOT NULL AND NOT told.is_evidence
    GROUP BY told.message, coalesce(turns.turn_no, 0)
),

-- A connection may be used again for ten minutes: what uses one near a file's begin may have been opened in the file before it, and what is opened near
-- its end may be used in the next one. The first TLS line of a process may stand in the file before for an hour, and then what it opened in clear text
-- was not.
chains AS MATERIALIZED (FROM postfix_chains(relation, files)),

edge AS MATERIALIZED (  -- noqa: ST03
    SELECT chains.line_no
    FROM chains
    INNER JOIN query_table(files) AS file ON chains.source_id = file.source_id
    INNER JOIN span ON chains.source_id = span.source_id
    WHERE chains.time_utc <= file.first_utc + INTERVAL 70 MINUTE OR chains.time_utc >= span.last_utc - INTERVAL 10 MINUTE
),

edges AS MATERIALIZED (
    SELECT
        links.*,
        coalesce(lag(links.source_id) OVER (PARTITION BY links.process ORDER BY links.time_utc, file.first_utc, links.line_no) <> links.source_id, TRUE)
            AS is_first,
        links.time_utc <= file.first_utc + INTERVAL 10 MINUTE OR (is_first AND links.time_utc <= file.first_utc + INTERVAL 1 HOUR) AS is_early,
        links.time_utc >= span.last_utc - INTERVAL 10 MINUTE AS is_late
    FROM postfix_links(relation, 'chains', 'edge') AS links
    INNER JOIN query_table(files) AS file ON links.source_id = file.source_id
    INNER JOIN span ON links.source_id = span.source_id
),

early AS (
    SELECT line_no, message FROM edges
    WHERE is_alone AND is_early AND NOT is_evidence
    UNION ALL
    SELECT again.line_no, again.message
    FROM (SELECT * FROM edges WHERE is_alone AND is_used_again AND NOT is_evidence) AS again
    INNER JOIN (SELECT source_id, server, peer, time_utc FROM edges WHERE is_alone AND is_first AND is_early AND NOT is_used_again) AS opened
        ON
            again.source_id = opened.source_id AND again.server = opened.server AND again.peer = opened.peer
            AND again.time_utc BETWEEN opened.time_utc AND opened.time_utc + INTERVAL 10 MINUTE
),

-- What a later file may rest on: to each server the last TLS line and the last delivery that opened a connection in clear text, and TLS lines whose
-- delivery is still to come.
opener AS MATERIALIZED (
    SELECT max(line_no) AS line_no
    FROM edges
    WHERE is_late AND (kind = 'tls out'::POSTFIX_KIND OR (is_alone AND NOT is_used_again))
    GROUP BY source_id, server, peer, kind
    UNION
    SELECT chains.line_no
    FROM chains INNER JOIN span ON chains.source_id = span.source_id
    WHERE chains.relay IS NOT NULL AND chains.next_no IS NULL AND chains.time_utc >= span.last_utc - INTERVAL 1 HOUR
),

open_letter AS (
    SELECT message, turn_no FROM letter
    WHERE NOT is_whole
    UNION
    SELECT told.message, coalesce(turns.turn_no, 0)
    FROM early AS told LEFT JOIN turns ON told.line_no = turns.line_no
    UNION
    SELECT told.message, coalesce(turns.turn_no, 0)
    FROM open_line AS told LEFT JOIN turns ON told.line_no = turns.line_no
    WHERE told.message IS NOT NULL
),

letter_line AS MATERIALIZED (
    SELECT
        told.line_no,
        told.kind,
        told.process
    FROM query_table(relation) AS told
    LEFT JOIN turns ON told.line_no = turns.line_no
    INNER JOIN open_letter ON told.message = open_letter.message AND coalesce(turns.turn_no, 0) = open_letter.turn_no
    WHERE NOT told.is_evidence
),

-- The session that such messages came in.
around AS (
    SELECT
        line_no,
        kind,
        process,
        coalesce(last_value(CASE WHEN kind = 'connect'::POSTFIX_KIND THEN line_no END IGNORE NULLS) OVER by_time, -1) AS visit_no
    FROM postfix_lines(relation, files)
    WHERE
        process IN (SELECT process FROM letter_line WHERE kind = 'client'::POSTFIX_KIND)
        AND (kind <= 'disconnect'::POSTFIX_KIND OR kind = 'tls'::POSTFIX_KIND OR kind = 'client'::POSTFIX_KIND)
    WINDOW by_time AS (PARTITION BY process ORDER BY time_utc, first_utc, line_no ROWS UNBOUNDED PRECEDING)
),

beside AS (
    SELECT line_no FROM around
    WHERE
        (process, visit_no) IN (SELECT (process, visit_no) FROM around AS inside WHERE inside.line_no IN (SELECT line_no FROM letter_line))
        AND kind <> 'client'::POSTFIX_KIND
),

-- A handshake that failed says so in lines within a minute, which a cut may part; so may those be that a delivery which it hindered stands behind.
failure AS MATERIALIZED (
    SELECT
        step.line_no,
        step.time_utc,
        max(step.peer) OVER in_session AS peer,
        min(step.time_utc) OVER in_session AS begun_utc,
        min(step.time_utc) OVER in_session <= file.first_utc + INTERVAL 1 MINUTE OR max(step.time_utc) OVER in_session >= span.last_utc - INTERVAL 1 MINUTE AS is_cut
    FROM postfix_failure_steps(relation, files) AS step
    INNER JOIN query_table(files) AS file ON step.source_id = file.source_id
    INNER JOIN span ON step.source_id = span.source_id
    WINDOW in_session AS (PARTITION BY step.process, step.session_no)
),

hindered AS (
    SELECT time_utc, postfix_relay(text) AS peer FROM query_table(relation)
    WHERE kind = 'delivery'::POSTFIX_KIND AND contains(text, '(Cannot start TLS: handshake failure') AND line_no IN (SELECT line_no FROM letter_line)
)

SELECT line_no, FALSE AS is_evidence FROM open_line
UNION ALL
SELECT line_no, FALSE FROM letter_line
UNION ALL
SELECT line_no, FALSE FROM failure WHERE is_cut
UNION ALL
SELECT line_no, TRUE FROM beside
UNION ALL
SELECT line_no, TRUE FROM opener
UNION ALL
SELECT chains.next_no, TRUE FROM chains INNER JOIN opener ON chains.line_no = opener.line_no
WHERE chains.relay IS NOT NULL AND chains.next_no IS NOT NULL
UNION ALL
SELECT line_no, TRUE FROM postfix_evidence(relation, 'chains', 'letter_line')
UNION ALL
SELECT failure.line_no, TRUE
FROM failure INNER JOIN hindered
    ON starts_with(hindered.peer, failure.peer) AND failure.begun_utc BETWEEN hindered.time_utc - INTERVAL 1 MINUTE AND hindered.time_utc;
