-- title: Postfix, what failed
-- help: Handshakes that failed.

-- A session whose handshake failed says so in up to three lines: SSL_accept error from mx1.partner.example[203.0.113.9]: -1, warning: TLS library problem:
-- error:…:unsupported protocol:…, lost connection after STARTTLS from mx1.partner.example[203.0.113.9].
CREATE OR REPLACE MACRO postfix_failure_steps(relation, files) AS TABLE  -- noqa: CP05
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
)

SELECT
    *,
    count(*) FILTER (WHERE begins) OVER (PARTITION BY process ORDER BY time_utc, first_utc, line_no ROWS UNBOUNDED PRECEDING) AS session_no,
    row_number() OVER (PARTITION BY process ORDER BY time_utc, first_utc, line_no) AS step_no
FROM step;

CREATE OR REPLACE MACRO postfix_failures(relation, files) AS TABLE  -- noqa: CP05
WITH session AS (FROM postfix_failure_steps(relation, files)),

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
