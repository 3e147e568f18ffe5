-- title: SMTP sessions: hops
-- help: One row per MAIL FROM of an Exchange protocol log, from the rows of the stages smtp_receive_rows and smtp_send_rows.

-- Return one row per MAIL FROM. Replies come in the order of the commands, so the n-th reply after a MAIL FROM belongs to the n-th command from it on, also
-- for pipelined recipients. 3xx replies are intermediate; the stages exclude them. Sorting is slow, so no text is sorted except the addresses
-- of recipients.
CREATE OR REPLACE MACRO smtp_hops(relation) AS TABLE  -- noqa: CP05
WITH sessions_with_mail AS (
    SELECT session, min(time_utc) AS first_mail_utc FROM query_table(relation) WHERE kind = 'mail'::SMTP_KIND GROUP BY session
),

exchanges AS (
    SELECT
        kind,
        line_no,
        CASE WHEN kind = 'rcpt'::SMTP_KIND THEN text END AS address,
        last_value(CASE WHEN kind = 'mail'::SMTP_KIND THEN line_no END IGNORE NULLS) OVER so_far AS mail_line_no,
        count(*) FILTER (WHERE kind <= 'verb'::SMTP_KIND) OVER so_far AS command_no,
        row_number() OVER so_far AS step_no
    FROM query_table(relation) INNER JOIN sessions_with_mail USING (session)
    WHERE kind >= 'helo'::SMTP_KIND AND coalesce(time_utc >= first_mail_utc, TRUE)
    WINDOW so_far AS (PARTITION BY session ORDER BY time_utc, sequence_no, line_no ROWS UNBOUNDED PRECEDING)
),

dialogues AS (
    SELECT
        mail_line_no,
        any_value(command_no) FILTER (WHERE kind = 'mail'::SMTP_KIND) AS mail_no,
        max(command_no) FILTER (WHERE kind = 'body'::SMTP_KIND) AS body_no,
        list({ 'no': command_no, 'address': address }) FILTER (WHERE kind = 'rcpt'::SMTP_KIND) AS requested_recipients,
        list(command_no) FILTER (WHERE kind = 'chunk'::SMTP_KIND) AS chunks,
        list({ 'no': step_no, 'kind': kind, 'line_no': line_no }) FILTER (WHERE kind > 'verb'::SMTP_KIND) AS replies
    FROM exchanges
    WHERE mail_line_no IS NOT NULL
    GROUP BY mail_line_no
),

-- The state of the session when a message began: each value is valid until a later line of its kind replaces it.
session_states AS (
    SELECT
        *,
        last_value(CASE WHEN kind = 'tls'::SMTP_KIND THEN text END IGNORE NULLS) OVER so_far AS tls_text,
        last_value(CASE WHEN kind = 'helo'::SMTP_KIND THEN text END IGNORE NULLS) OVER so_far AS helo_text,
        first_value(CASE WHEN kind = 'greeting'::SMTP_KIND THEN text END IGNORE NULLS) OVER so_far AS greeting_text,
        last_value(CASE WHEN kind BETWEEN 'own tls'::SMTP_KIND AND 'proxy'::SMTP_KIND THEN text END IGNORE NULLS) OVER so_far AS proxy_text,
        last_value(CASE WHEN kind = 'auth'::SMTP_KIND THEN text END IGNORE NULLS) OVER so_far AS auth_user,
        bool_or(kind = 'auth'::SMTP_KIND) OVER so_far AS is_authenticated,
        last_value(CASE WHEN kind = 'verified'::SMTP_KIND THEN text END IGNORE NULLS) OVER so_far AS verified,
        last_value(CASE WHEN kind = 'announce'::SMTP_KIND THEN text END IGNORE NULLS) OVER so_far AS announced_id,
        first_value(kind) OVER so_far IN ('start'::SMTP_KIND, 'greeting'::SMTP_KIND) AS start_seen
    FROM query_table(relation)
    WHERE kind BETWEEN 'start'::SMTP_KIND AND 'mail'::SMTP_KIND
    WINDOW so_far AS (PARTITION BY session ORDER BY time_utc, sequence_no, line_no ROWS UNBOUNDED PRECEDING)
),

mails AS (
    SELECT
        session_states.* EXCLUDE (kind, text),
        session_states.text AS mail_text,
        dialogues.mail_no,
        dialogues.body_no,
        list_sort(dialogues.requested_recipients) AS requested_recipients,
        list_sort(dialogues.chunks) AS chunks,
        list_sort(dialogues.replies) AS replies
    FROM dialogues
    INNER JOIN session_states ON dialogues.mail_line_no = session_states.line_no
    WHERE session_states.kind = 'mail'::SMTP_KIND
),

mail_replies AS (
    SELECT
        *,
        replies[1] AS mail_reply,
        -- The rejection of one chunk is the reply to the whole body.
        coalesce(
            list_filter(
                list_transform(chunks, LAMBDA chunk_no: replies[chunk_no - mail_no + 1]),
                LAMBDA reply: reply.kind IN ('later'::SMTP_KIND, 'no'::SMTP_KIND)
            )[1],
            replies[body_no - mail_no + 1]
        ) AS body_reply,
        list_transform(
            list_filter(requested_recipients, LAMBDA rcpt: replies[rcpt.no - mail_no + 1].kind = 'yes'::SMTP_KIND), LAMBDA rcpt: rcpt.address
        ) AS accepted_recipients,
        list_filter(
            list_transform(requested_recipients, LAMBDA rcpt: replies[rcpt.no - mail_no + 1]),
            LAMBDA reply: reply.kind IN ('later'::SMTP_KIND, 'no'::SMTP_KIND)
        ) AS recipient_rejections
    FROM mails
),

mail_results AS (
    SELECT
        *,
        CASE
            WHEN mail_reply.kind IN ('later'::SMTP_KIND, 'no'::SMTP_KIND) THEN mail_reply.kind
            WHEN body_reply.kind <= 'no'::SMTP_KIND AND len(accepted_recipients) > 0 THEN body_reply.kind
            WHEN len(recipient_rejections) = len(requested_recipients) THEN list_max(list_transform(recipient_rejections, LAMBDA reply: reply.kind))
            WHEN body_reply.kind IN ('later'::SMTP_KIND, 'no'::SMTP_KIND) THEN body_reply.kind
        END AS final_reply,
        coalesce(
            body_reply.line_no,
            CASE WHEN mail_reply.kind IN ('later'::SMTP_KIND, 'no'::SMTP_KIND) THEN mail_reply.line_no END,
            recipient_rejections[1].line_no
        ) AS reply_line_no
    FROM mail_replies
),

-- A log has few distinct protocols and ciphers, so each is parsed once.
protocols AS (
    SELECT
        text AS tls_text,
        nullif(string_split(text, ' ')[1], '') AS tls_raw,
        nullif(string_split(text, ' ')[2], '') AS cipher,
        tls_grade(string_split(text, ' ')[1], NULL) AS tls
    FROM (SELECT DISTINCT text FROM query_table(relation) WHERE kind = 'tls'::SMTP_KIND)
)

SELECT
    mail_results.*,
    coalesce(mail_results.accepted_recipients, []) AS recipients,
    reply.text AS reply,
    protocols.tls_raw,
    protocols.cipher,
    CASE WHEN mail_results.tls_text IS NOT NULL THEN protocols.tls WHEN mail_results.start_seen THEN 'No TLS' ELSE 'Not recorded' END AS tls
FROM mail_results
LEFT JOIN protocols ON mail_results.tls_text = protocols.tls_text
LEFT JOIN (SELECT line_no, text FROM query_table(relation) WHERE kind > 'verb'::SMTP_KIND) AS reply ON mail_results.reply_line_no = reply.line_no;
