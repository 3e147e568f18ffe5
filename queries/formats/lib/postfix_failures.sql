-- title: Postfix: failed handshakes
-- help: TLS handshakes that failed.

-- Return the lines of failed handshakes with the number of their session. One failure logs up to three lines: SSL_accept error from mx1.partner.example[203.0.113.9]: -1, warning: TLS library problem:
-- error:…:unsupported protocol:…, lost connection after STARTTLS from mx1.partner.example[203.0.113.9].
CREATE OR REPLACE MACRO postfix_failure_steps(relation, files) AS TABLE  -- noqa: CP05
WITH failure_lines AS (
    SELECT
        failures.*,
        file.first_utc,
        regexp_extract(failures.text, '^(?:SSL_\w+ error|lost connection after STARTTLS) (?:from|to) ([^\s\]]*\])', 1) AS peer
    FROM query_table(relation) AS failures INNER JOIN query_table(files) AS file ON failures.source_id = file.source_id
    WHERE failures.kind BETWEEN 'failure'::POSTFIX_KIND AND 'library'::POSTFIX_KIND
),

failure_steps AS (
    SELECT
        *,
        starts_with(text, 'SSL_') OR coalesce(time_utc - lag(time_utc) OVER by_time > INTERVAL 1 MINUTE, TRUE) AS starts_session
    FROM failure_lines
    WINDOW by_time AS (PARTITION BY process ORDER BY time_utc, first_utc, line_no)
)

SELECT
    *,
    count(*) FILTER (WHERE starts_session) OVER (PARTITION BY process ORDER BY time_utc, first_utc, line_no ROWS UNBOUNDED PRECEDING) AS session_no,
    row_number() OVER (PARTITION BY process ORDER BY time_utc, first_utc, line_no) AS step_no
FROM failure_steps;

-- Return one row per failed handshake.
CREATE OR REPLACE MACRO postfix_failures(relation, files) AS TABLE  -- noqa: CP05
WITH steps AS (FROM postfix_failure_steps(relation, files)),

failures AS (
    SELECT
        any_value(who) AS who,
        min(time_utc) AS time_utc,
        max(peer) AS peer,
        arg_min({ 'source_id': source_id, 'line_no': line_no }, step_no) AS first_line,
        coalesce(
            any_value(regexp_replace(text, '^warning: TLS library problem: (?:\d+:)?', '')) FILTER (WHERE kind = 'library'::POSTFIX_KIND),
            arg_min(regexp_replace(text, ' (?:from|to) [^\s\]]*\](?::\d+)?', ''), step_no)
        ) AS error
    FROM steps
    GROUP BY process, session_no
    HAVING max(peer) <> ''
),

-- If TLS is mandatory and fails, the delivery line records it as well; it may be the only line.
prevented_deliveries AS (
    SELECT
        failure_lines.who,
        failure_lines.time_utc,
        failure_lines.peer,
        { 'source_id': failure_lines.source_id, 'line_no': failure_lines.line_no } AS first_line,
        'Cannot start TLS: handshake failure' AS error
    FROM (
        SELECT *, postfix_relay(text) AS peer FROM query_table(relation)
        WHERE kind = 'delivery'::POSTFIX_KIND AND contains(text, '(Cannot start TLS: handshake failure')
    ) AS failure_lines
    WHERE
        NOT EXISTS (
            SELECT 1 FROM failures
            WHERE
                starts_with(failure_lines.peer, failures.peer) AND failures.time_utc BETWEEN failure_lines.time_utc - INTERVAL 1 MINUTE AND failure_lines.time_utc
        )
)

SELECT
    first_line.source_id,
    first_line.line_no,
    time_utc,
    who,
    peer,
    error
FROM (
    SELECT * FROM failures
    UNION ALL BY NAME
    SELECT * FROM prevented_deliveries
);
