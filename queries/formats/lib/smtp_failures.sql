-- title: Failed SMTP sessions
-- help: One row per session of an Exchange protocol log whose TLS handshake failed, or that began and ended without a MAIL FROM.

-- Return whether a command requests TLS.
CREATE OR REPLACE MACRO requests_tls(kind) AS kind BETWEEN 'starttls'::SMTP_KIND AND 'own tls'::SMTP_KIND;

-- Return whether a reply is a 4xx or 5xx.
CREATE OR REPLACE MACRO is_rejection(kind) AS kind = 'later'::SMTP_KIND OR kind = 'no'::SMTP_KIND;

-- Return the failed sessions. A first pass over the kinds of lines excludes the sound sessions, which are most, so that only few are sorted.
CREATE OR REPLACE MACRO smtp_failures(relation) AS TABLE  -- noqa: CP05
WITH candidate_sessions AS (
    SELECT session
    FROM query_table(relation)
    WHERE kind <= 'mail'::SMTP_KIND
    GROUP BY session
    HAVING
        max(kind) < 'mail'::SMTP_KIND
        OR sum(CASE WHEN kind = 'failure'::SMTP_KIND THEN 1000000 WHEN kind = 'tls'::SMTP_KIND THEN -1 WHEN requests_tls(kind) THEN 1 ELSE 0 END) > 0
),

lines AS (
    SELECT
        entry.*,
        row_number() OVER (PARTITION BY session ORDER BY time_utc, sequence_no, line_no) AS step_no
    FROM query_table(relation) AS entry INNER JOIN candidate_sessions USING (session)
    WHERE kind <= 'mail'::SMTP_KIND OR is_rejection(kind)
),

-- The 220 reply to STARTTLS is no greeting. If a file starts after the greeting, the start of the session was not seen.
sessions AS (
    SELECT
        session,
        min(time_utc) AS time_utc,
        any_value(connector_id) AS connector_id,
        any_value(session_id) AS session_id,
        any_value(remote_endpoint) AS remote_endpoint,
        arg_min(kind, step_no) IN ('start'::SMTP_KIND, 'greeting'::SMTP_KIND) AS start_seen,
        bool_or(kind = 'end'::SMTP_KIND) AS end_seen,
        bool_or(kind = 'mail'::SMTP_KIND) AS has_mail,
        bool_or(kind = 'auth'::SMTP_KIND) AS is_authenticated,
        arg_min(text, step_no) FILTER (WHERE kind = 'greeting'::SMTP_KIND AND NOT regexp_matches(text, '^220 \d\.\d')) AS greeting_text,
        arg_max(text, step_no) FILTER (WHERE kind = 'helo'::SMTP_KIND) AS helo_text,
        arg_max(text, step_no) FILTER (WHERE kind BETWEEN 'own tls'::SMTP_KIND AND 'proxy'::SMTP_KIND) AS proxy_text,
        arg_max(text, step_no) FILTER (WHERE kind = 'end'::SMTP_KIND) AS end_text,
        arg_max({ 'error': text, 'source_id': source_id, 'line_no': line_no }, step_no) FILTER (WHERE is_rejection(kind)) AS rejection,
        arg_min({ 'source_id': source_id, 'line_no': line_no }, step_no) AS first_line
    FROM lines
    GROUP BY session
),

-- A request for TLS is followed by the handshake; else it failed at the first of these lines after it.
tls_steps AS (
    SELECT
        session,
        kind,
        step_no,
        source_id,
        line_no,
        requests_tls(kind) AS is_request,
        { 'error': text, 'source_id': source_id, 'line_no': line_no } AS own_line,
        lead(kind) OVER onward AS next_kind,
        lead({ 'error': text, 'source_id': source_id, 'line_no': line_no }) OVER onward AS next_line
    FROM lines
    WHERE
        kind IN ('end'::SMTP_KIND, 'failure'::SMTP_KIND, 'tls'::SMTP_KIND, 'mail'::SMTP_KIND)
        OR is_rejection(kind) OR requests_tls(kind)
    WINDOW onward AS (PARTITION BY session ORDER BY step_no)
),

-- Clear text mail after STARTTLS is a failure only if the session's start was seen; else lines may be missing.
failed_handshakes AS (
    SELECT
        session,
        arg_min(
            CASE
                WHEN kind = 'failure'::SMTP_KIND THEN own_line
                WHEN next_kind = 'end'::SMTP_KIND OR is_rejection(next_kind) THEN next_line
                ELSE { 'error': NULL, 'source_id': source_id, 'line_no': line_no }
            END, step_no
        ) AS error_line
    FROM tls_steps INNER JOIN sessions USING (session)
    WHERE
        kind = 'failure'::SMTP_KIND
        OR (is_request AND (next_kind = 'end'::SMTP_KIND OR is_rejection(next_kind)))
        OR (is_request AND start_seen AND next_kind IN ('mail'::SMTP_KIND, 'starttls'::SMTP_KIND))
    GROUP BY session
)

SELECT
    sessions.* EXCLUDE (rejection, first_line, start_seen, end_seen, has_mail, end_text),
    CASE WHEN failed_handshakes.session IS NOT NULL THEN 'handshake failed' ELSE 'no mail' END AS kind,
    CASE
        WHEN failed_handshakes.session IS NULL THEN coalesce(sessions.rejection.error, sessions.end_text)
        ELSE regexp_replace(failed_handshakes.error_line.error, '^TLS negotiation failed with (?:error )?', '')
    END AS error,
    coalesce(failed_handshakes.error_line.source_id, sessions.rejection.source_id, sessions.first_line.source_id) AS source_id,
    coalesce(failed_handshakes.error_line.line_no, sessions.rejection.line_no, sessions.first_line.line_no) AS line_no
FROM sessions
LEFT JOIN failed_handshakes ON sessions.session = failed_handshakes.session
-- If a session is cut off right after the rejection of TLS, none of its lines has the session id.
WHERE
    sessions.time_utc IS NOT NULL AND sessions.session_id IS NOT NULL
    AND (failed_handshakes.session IS NOT NULL OR (sessions.start_seen AND sessions.end_seen AND NOT sessions.has_mail));
