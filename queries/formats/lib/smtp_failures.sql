-- title: SMTP sessions that failed
-- help: One row a session of an Exchange protocol log whose TLS handshake failed, or that began and ended without a MAIL FROM.

CREATE OR REPLACE MACRO asks_tls(kind) AS kind BETWEEN 'starttls'::SMTP_KIND AND 'own tls'::SMTP_KIND;

CREATE OR REPLACE MACRO refuses(kind) AS kind = 'later'::SMTP_KIND OR kind = 'no'::SMTP_KIND;

-- Most sessions are sound, and one pass over their kinds tells so: only what is left of them is sorted.
CREATE OR REPLACE MACRO smtp_failures(relation) AS TABLE  -- noqa: CP05
WITH doubtful AS (
    SELECT session
    FROM query_table(relation)
    WHERE kind <= 'mail'::SMTP_KIND
    GROUP BY session
    HAVING
        max(kind) < 'mail'::SMTP_KIND
        OR sum(CASE WHEN kind = 'failure'::SMTP_KIND THEN 1000000 WHEN kind = 'tls'::SMTP_KIND THEN -1 WHEN asks_tls(kind) THEN 1 ELSE 0 END) > 0
),

line AS (
    SELECT
        told.*,
        row_number() OVER (PARTITION BY session ORDER BY time_utc, sequence_no, line_no) AS turn_no
    FROM query_table(relation) AS told INNER JOIN doubtful USING (session)
    WHERE kind <= 'mail'::SMTP_KIND OR refuses(kind)
),

-- The 220 that answers STARTTLS is no greeting, and a file that begins behind the greeting saw no start.
facts AS (
    SELECT
        session,
        min(time_utc) AS time_utc,
        any_value(connector_id) AS connector_id,
        any_value(session_id) AS session_id,
        any_value(remote_endpoint) AS remote_endpoint,
        arg_min(kind, turn_no) IN ('start'::SMTP_KIND, 'greeting'::SMTP_KIND) AS start_seen,
        bool_or(kind = 'end'::SMTP_KIND) AS end_seen,
        bool_or(kind = 'mail'::SMTP_KIND) AS has_mail,
        bool_or(kind = 'auth'::SMTP_KIND) AS signed_in,
        arg_min(text, turn_no) FILTER (WHERE kind = 'greeting'::SMTP_KIND AND NOT regexp_matches(text, '^220 \d\.\d')) AS greeting_text,
        arg_max(text, turn_no) FILTER (WHERE kind = 'helo'::SMTP_KIND) AS helo_text,
        arg_max(text, turn_no) FILTER (WHERE kind BETWEEN 'own tls'::SMTP_KIND AND 'proxy'::SMTP_KIND) AS proxy_text,
        arg_max(text, turn_no) FILTER (WHERE kind = 'end'::SMTP_KIND) AS end_text,
        arg_max({ 'error': text, 'source_id': source_id, 'line_no': line_no }, turn_no) FILTER (WHERE refuses(kind)) AS refusal,
        arg_min({ 'source_id': source_id, 'line_no': line_no }, turn_no) AS first_line
    FROM line
    GROUP BY session
),

-- What asks for TLS is followed by the handshake, or it failed: at the first of these lines behind it.
step AS (
    SELECT
        session,
        kind,
        turn_no,
        source_id,
        line_no,
        asks_tls(kind) AS asks,
        { 'error': text, 'source_id': source_id, 'line_no': line_no } AS here,
        lead(kind) OVER onward AS next_kind,
        lead({ 'error': text, 'source_id': source_id, 'line_no': line_no }) OVER onward AS there
    FROM line
    WHERE
        kind IN ('end'::SMTP_KIND, 'failure'::SMTP_KIND, 'tls'::SMTP_KIND, 'mail'::SMTP_KIND)
        OR refuses(kind) OR asks_tls(kind)
    WINDOW onward AS (PARTITION BY session ORDER BY turn_no)
),

-- Mail in clear behind STARTTLS needs evidence, as No TLS does: without a start, lines may be missing.
failed AS (
    SELECT
        session,
        arg_min(
            CASE
                WHEN kind = 'failure'::SMTP_KIND THEN here
                WHEN next_kind = 'end'::SMTP_KIND OR refuses(next_kind) THEN there
                ELSE { 'error': NULL, 'source_id': source_id, 'line_no': line_no }
            END, turn_no
        ) AS at_line
    FROM step INNER JOIN facts USING (session)
    WHERE
        kind = 'failure'::SMTP_KIND
        OR (asks AND (next_kind = 'end'::SMTP_KIND OR refuses(next_kind)))
        OR (asks AND start_seen AND next_kind IN ('mail'::SMTP_KIND, 'starttls'::SMTP_KIND))
    GROUP BY session
)

SELECT
    facts.* EXCLUDE (refusal, first_line, start_seen, end_seen, has_mail, end_text),
    CASE WHEN failed.session IS NOT NULL THEN 'handshake failed' ELSE 'no mail' END AS kind,
    CASE
        WHEN failed.session IS NULL THEN coalesce(facts.refusal.error, facts.end_text)
        ELSE regexp_replace(failed.at_line.error, '^TLS negotiation failed with (?:error )?', '')
    END AS error,
    coalesce(failed.at_line.source_id, facts.refusal.source_id, facts.first_line.source_id) AS source_id,
    coalesce(failed.at_line.line_no, facts.refusal.line_no, facts.first_line.line_no) AS line_no
FROM facts
LEFT JOIN failed ON facts.session = failed.session
-- A session that was refused TLS and is cut off right there has no line that says whose it is.
WHERE
    facts.time_utc IS NOT NULL AND facts.session_id IS NOT NULL
    AND (failed.session IS NOT NULL OR (facts.start_seen AND facts.end_seen AND NOT facts.has_mail));
