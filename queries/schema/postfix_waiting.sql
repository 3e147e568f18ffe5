-- title: Postfix, what failed and what must wait
-- help: Handshakes that failed; sessions and messages that no file holds whole.

-- A session whose handshake failed says so in up to three lines: SSL_accept error from mx1.partner.example[203.0.113.9]: -1, warning: TLS library problem:
-- error:…:unsupported protocol:…, lost connection after STARTTLS from mx1.partner.example[203.0.113.9].
CREATE OR REPLACE MACRO postfix_failures(relation, files) AS TABLE  -- noqa: CP05
WITH line AS (
    SELECT
        told.*,
        file.first_utc,
        regexp_extract(told.text, '^(?:SSL_\w+ error|lost connection after STARTTLS) (?:from|to) ([^\s\]]*\])', 1) AS peer
    FROM query_table(relation) AS told INNER JOIN query_table(files) AS file ON told.source_id = file.source_id
    WHERE told.kind BETWEEN 'failure'::POSTFIX_KIND AND 'library'::POSTFIX_KIND
),

step AS (
    SELECT
        *,
        starts_with(text, 'SSL_') OR coalesce(time_utc - lag(time_utc) OVER by_time > INTERVAL 1 MINUTE, TRUE) AS begins
    FROM line
    WINDOW by_time AS (PARTITION BY process ORDER BY time_utc, first_utc, line_no)
),

session AS (
    SELECT
        *,
        count(*) FILTER (WHERE begins) OVER (PARTITION BY process ORDER BY time_utc, first_utc, line_no ROWS UNBOUNDED PRECEDING) AS session_no,
        row_number() OVER (PARTITION BY process ORDER BY time_utc, first_utc, line_no) AS step_no
    FROM step
),

told AS (
    SELECT
        any_value(who) AS who,
        min(time_utc) AS time_utc,
        max(peer) AS peer,
        arg_min({ 'source_id': source_id, 'line_no': line_no }, step_no) AS place,
        coalesce(
            any_value(regexp_replace(text, '^warning: TLS library problem: (?:\d+:)?', '')) FILTER (WHERE kind = 'library'::POSTFIX_KIND),
            arg_min(regexp_replace(text, ' (?:from|to) [^\s\]]*\](?::\d+)?', ''), step_no)
        ) AS error
    FROM session
    GROUP BY process, session_no
    HAVING max(peer) <> ''
),

-- Where TLS is a must and fails, the delivery says so too; it may be the only line that does.
refused AS (
    SELECT
        line.who,
        line.time_utc,
        line.peer,
        { 'source_id': line.source_id, 'line_no': line.line_no } AS place,
        'Cannot start TLS: handshake failure' AS error
    FROM (
        SELECT *, postfix_relay(text) AS peer FROM query_table(relation)
        WHERE kind = 'delivery'::POSTFIX_KIND AND contains(text, '(Cannot start TLS: handshake failure')
    ) AS line
    WHERE
        NOT EXISTS (
            SELECT 1 FROM told
            WHERE
                starts_with(line.peer, told.peer) AND told.time_utc BETWEEN line.time_utc - INTERVAL 1 MINUTE AND line.time_utc
        )
)

SELECT
    place.source_id,
    place.line_no,
    time_utc,
    who,
    peer,
    error
FROM (
    SELECT * FROM told
    UNION ALL BY NAME
    SELECT * FROM refused
);

-- The lines of deliveries that have no TLS line of their own: see postfix_hops.
CREATE OR REPLACE MACRO postfix_alone(relation, files) AS TABLE  -- noqa: CP05
SELECT line.line_no
FROM postfix_told(relation) AS line
LEFT JOIN (SELECT line_no, mark, kind FROM postfix_marks(relation, files)) AS place ON line.line_no = place.line_no
LEFT JOIN (SELECT line_no + 2 AS mark, next_message, relay FROM postfix_marks(relation, files) WHERE kind = 'tls out'::POSTFIX_KIND) AS opened
    ON place.mark = opened.mark
WHERE
    line.kind = 'delivery'::POSTFIX_KIND AND line.fate IS NOT NULL AND line.peer <> 'none'
    AND NOT coalesce(opened.next_message = line.message AND opened.relay = hash(line.peer), FALSE);

-- The rows of sessions and messages that are whole in no single file.
CREATE OR REPLACE MACRO postfix_waiting(relation, files) AS TABLE  -- noqa: CP05
WITH span AS (
    SELECT source_id, min(time_utc) AS first_utc, max(time_utc) AS last_utc FROM query_table(relation) GROUP BY source_id
),

-- Most processes begin and end in their file: only the sessions of the others are looked at one by one.
cut AS (
    SELECT process
    FROM (
        SELECT
            process,
            arg_min(kind, line_no) = 'connect'::POSTFIX_KIND AND arg_max(kind, line_no) = 'disconnect'::POSTFIX_KIND
            AND 2 * count(*) FILTER (WHERE kind = 'connect'::POSTFIX_KIND) = count(*) FILTER (WHERE kind <= 'disconnect'::POSTFIX_KIND) AS is_sound
        FROM query_table(relation)
        WHERE kind <= 'disconnect'::POSTFIX_KIND OR kind = 'client'::POSTFIX_KIND OR kind = 'tls'::POSTFIX_KIND OR kind = 'reject'::POSTFIX_KIND
        GROUP BY process, source_id
    )
    WHERE NOT is_sound
),

visit AS (
    SELECT
        line_no,
        source_id,
        kind,
        process,
        message,
        count(*) FILTER (WHERE kind = 'connect'::POSTFIX_KIND)
            OVER (PARTITION BY process ORDER BY time_utc, first_utc, line_no ROWS UNBOUNDED PRECEDING) AS visit_no
    FROM postfix_lines(relation, files)
    WHERE
        process IN (SELECT process FROM cut)
        AND (
            kind <= 'disconnect'::POSTFIX_KIND OR kind = 'client'::POSTFIX_KIND OR kind = 'tls'::POSTFIX_KIND OR kind = 'reject'::POSTFIX_KIND
            OR kind = 'failure'::POSTFIX_KIND OR kind = 'library'::POSTFIX_KIND
        )
),

open_visit AS (
    SELECT
        process,
        visit_no
    FROM (
        SELECT
            process,
            visit_no,
            bool_or(kind = 'connect'::POSTFIX_KIND) AND min(source_id) = max(source_id)
            AND (
                bool_or(kind = 'disconnect'::POSTFIX_KIND)
                OR coalesce(lead(min(source_id)) OVER (PARTITION BY process ORDER BY visit_no) = max(source_id), FALSE)
            ) AS is_whole
        FROM visit
        GROUP BY process, visit_no
    )
    WHERE NOT is_whole
),

open_line AS (
    SELECT
        visit.line_no,
        visit.message
    FROM visit INNER JOIN open_visit ON visit.process = open_visit.process AND visit.visit_no = open_visit.visit_no
),

turns AS (FROM postfix_turns(relation, files)),

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
    WHERE told.message IS NOT NULL
    GROUP BY told.message, coalesce(turns.turn_no, 0)
),

-- A connection may be used again for ten minutes: what uses one near a file's begin may have been opened in the file before it, and what is opened near
-- its end may be used in the next one.
early AS MATERIALIZED (
    SELECT told.*
    FROM query_table(relation) AS told
    INNER JOIN query_table(files) AS file ON told.source_id = file.source_id
    WHERE (told.kind = 'tls out'::POSTFIX_KIND OR told.kind = 'delivery'::POSTFIX_KIND) AND told.time_utc <= file.first_utc + INTERVAL 10 MINUTE
),

late AS MATERIALIZED (
    SELECT told.*
    FROM query_table(relation) AS told
    INNER JOIN span ON told.source_id = span.source_id
    WHERE (told.kind = 'tls out'::POSTFIX_KIND OR told.kind = 'delivery'::POSTFIX_KIND) AND told.time_utc >= span.last_utc - INTERVAL 10 MINUTE
),

opener AS (
    SELECT
        max(line_no) AS line_no,
        max(CASE WHEN kind = 'delivery'::POSTFIX_KIND THEN line_no END) AS delivery_no
    FROM (
        SELECT source_id, line_no, kind, postfix_server(who) AS server, split_part(text, ' ', 1) AS relay FROM late
        WHERE kind = 'tls out'::POSTFIX_KIND
        UNION ALL
        SELECT line.source_id, line.line_no, line.kind, postfix_server(line.who), line.peer
        FROM postfix_told('late') AS line
        WHERE line.line_no IN (FROM postfix_alone('late', files)) AND NOT contains(line.text, ', conn_use=')
    )
    GROUP BY source_id, server, relay, kind
),

open_letter AS (
    SELECT message, turn_no FROM letter
    WHERE NOT is_whole
    UNION
    SELECT told.message, coalesce(turns.turn_no, 0)
    FROM (
        SELECT line_no, message FROM early WHERE line_no IN (FROM postfix_alone('early', files))
        UNION ALL
        SELECT line_no, message FROM late WHERE line_no IN (SELECT delivery_no FROM opener)
    ) AS told LEFT JOIN turns ON told.line_no = turns.line_no
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
),

-- What such messages need besides: the session they came in, and the TLS line before they were handed over.
around AS (
    SELECT
        line_no,
        kind,
        source_id,
        coalesce(last_value(CASE WHEN kind = 'connect'::POSTFIX_KIND THEN line_no END IGNORE NULLS) OVER by_time, -1) AS visit_no,
        process,
        last_value(CASE WHEN kind = 'tls out'::POSTFIX_KIND THEN line_no END IGNORE NULLS) OVER by_time AS tls_no
    FROM postfix_lines(relation, files)
    WHERE
        process IN (SELECT process FROM letter_line WHERE kind = 'client'::POSTFIX_KIND OR kind = 'delivery'::POSTFIX_KIND)
        AND (
            kind <= 'disconnect'::POSTFIX_KIND OR kind BETWEEN 'tls'::POSTFIX_KIND AND 'library'::POSTFIX_KIND
            OR kind BETWEEN 'client'::POSTFIX_KIND AND 'delivery'::POSTFIX_KIND
        )
    WINDOW by_time AS (PARTITION BY process ORDER BY time_utc, first_utc, line_no ROWS UNBOUNDED PRECEDING)
),

beside AS (
    SELECT line_no FROM around
    WHERE
        (process, visit_no) IN (SELECT (process, visit_no) FROM around AS inside WHERE inside.line_no IN (SELECT line_no FROM letter_line))
        AND (
            kind <= 'disconnect'::POSTFIX_KIND OR kind = 'tls'::POSTFIX_KIND OR kind = 'failure'::POSTFIX_KIND OR kind = 'library'::POSTFIX_KIND
        )
    UNION ALL
    SELECT tls_no FROM around
    WHERE kind = 'delivery'::POSTFIX_KIND AND tls_no IS NOT NULL AND line_no IN (SELECT line_no FROM letter_line)
),

-- A TLS line whose delivery is still to come.
unused AS (
    SELECT line_no
    FROM (
        SELECT line_no, kind, row_number() OVER (PARTITION BY process, source_id ORDER BY line_no DESC) AS from_end
        FROM query_table(relation)
        WHERE kind = 'tls out'::POSTFIX_KIND OR kind = 'delivery'::POSTFIX_KIND
    )
    WHERE from_end = 1 AND kind = 'tls out'::POSTFIX_KIND
)

SELECT line_no FROM open_line
UNION
SELECT line_no FROM letter_line
UNION
SELECT line_no FROM beside
UNION
SELECT line_no FROM unused
UNION
SELECT line_no FROM opener;
