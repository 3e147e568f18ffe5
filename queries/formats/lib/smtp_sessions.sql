-- title: SMTP sessions to hops
-- help: One row a MAIL FROM of an Exchange protocol log, from the rows that the stages smtp_receive_rows and smtp_send_rows keep in raw.

-- Commands are answered in order, so the n-th answer after a MAIL FROM belongs to the n-th command from it on: this holds for pipelined
-- recipients too. Answers 3xx ask for more and end nothing; the stages leave them out. Sorting is what costs, so no text goes through it
-- but the recipients' addresses.
CREATE OR REPLACE MACRO smtp_hops(relation) AS TABLE  -- noqa: CP05
WITH begun AS (
    SELECT session, min(time_utc) AS first_mail_utc FROM query_table(relation) WHERE kind = 'mail'::SMTP_KIND GROUP BY session
),

turns AS (
    SELECT
        kind,
        line_no,
        CASE WHEN kind = 'rcpt'::SMTP_KIND THEN text END AS address,
        last_value(CASE WHEN kind = 'mail'::SMTP_KIND THEN line_no END IGNORE NULLS) OVER so_far AS mail_line_no,
        count(*) FILTER (WHERE kind <= 'verb'::SMTP_KIND) OVER so_far AS command_no,
        row_number() OVER so_far AS turn_no
    FROM query_table(relation) INNER JOIN begun USING (session)
    WHERE kind >= 'helo'::SMTP_KIND AND coalesce(time_utc >= first_mail_utc, TRUE)
    WINDOW so_far AS (PARTITION BY session ORDER BY time_utc, sequence_no, line_no ROWS UNBOUNDED PRECEDING)
),

talk AS (
    SELECT
        mail_line_no,
        any_value(command_no) FILTER (WHERE kind = 'mail'::SMTP_KIND) AS mail_no,
        max(command_no) FILTER (WHERE kind = 'body'::SMTP_KIND) AS body_no,
        list({ 'no': command_no, 'address': address }) FILTER (WHERE kind = 'rcpt'::SMTP_KIND) AS asked,
        list(command_no) FILTER (WHERE kind = 'chunk'::SMTP_KIND) AS chunks,
        list({ 'no': turn_no, 'kind': kind, 'line_no': line_no }) FILTER (WHERE kind > 'verb'::SMTP_KIND) AS replies
    FROM turns
    WHERE mail_line_no IS NOT NULL
    GROUP BY mail_line_no
),

-- What the session was when a message began: a fact holds until a later one of its kind replaces it.
facts AS (
    SELECT
        *,
        last_value(CASE WHEN kind = 'tls'::SMTP_KIND THEN text END IGNORE NULLS) OVER so_far AS tls_text,
        last_value(CASE WHEN kind = 'helo'::SMTP_KIND THEN text END IGNORE NULLS) OVER so_far AS helo_text,
        first_value(CASE WHEN kind = 'greeting'::SMTP_KIND THEN text END IGNORE NULLS) OVER so_far AS greeting_text,
        last_value(CASE WHEN kind BETWEEN 'own tls'::SMTP_KIND AND 'proxy'::SMTP_KIND THEN text END IGNORE NULLS) OVER so_far AS proxy_text,
        last_value(CASE WHEN kind = 'auth'::SMTP_KIND THEN text END IGNORE NULLS) OVER so_far AS auth_user,
        bool_or(kind = 'auth'::SMTP_KIND) OVER so_far AS signed_in,
        last_value(CASE WHEN kind = 'verified'::SMTP_KIND THEN text END IGNORE NULLS) OVER so_far AS verified,
        last_value(CASE WHEN kind = 'announce'::SMTP_KIND THEN text END IGNORE NULLS) OVER so_far AS announced_id,
        first_value(kind) OVER so_far IN ('start'::SMTP_KIND, 'greeting'::SMTP_KIND) AS start_seen
    FROM query_table(relation)
    WHERE kind BETWEEN 'start'::SMTP_KIND AND 'mail'::SMTP_KIND
    WINDOW so_far AS (PARTITION BY session ORDER BY time_utc, sequence_no, line_no ROWS UNBOUNDED PRECEDING)
),

mail AS (
    SELECT
        facts.* EXCLUDE (kind, text),
        facts.text AS mail_text,
        talk.mail_no,
        talk.body_no,
        list_sort(talk.asked) AS asked,
        list_sort(talk.chunks) AS chunks,
        list_sort(talk.replies) AS replies
    FROM talk
    INNER JOIN facts ON talk.mail_line_no = facts.line_no
    WHERE facts.kind = 'mail'::SMTP_KIND
),

answered AS (
    SELECT
        *,
        replies[1] AS mail_reply,
        -- A part of the body that was refused is the answer to all of it.
        coalesce(
            list_filter(
                list_transform(chunks, LAMBDA chunk_no: replies[chunk_no - mail_no + 1]),
                LAMBDA reply: reply.kind IN ('later'::SMTP_KIND, 'no'::SMTP_KIND)
            )[1],
            replies[body_no - mail_no + 1]
        ) AS body_reply,
        list_transform(
            list_filter(asked, LAMBDA rcpt: replies[rcpt.no - mail_no + 1].kind = 'yes'::SMTP_KIND), LAMBDA rcpt: rcpt.address
        ) AS accepted,
        list_filter(
            list_transform(asked, LAMBDA rcpt: replies[rcpt.no - mail_no + 1]),
            LAMBDA reply: reply.kind IN ('later'::SMTP_KIND, 'no'::SMTP_KIND)
        ) AS refusals
    FROM mail
),

decided AS (
    SELECT
        *,
        CASE
            WHEN mail_reply.kind IN ('later'::SMTP_KIND, 'no'::SMTP_KIND) THEN mail_reply.kind
            WHEN body_reply.kind <= 'no'::SMTP_KIND AND len(accepted) > 0 THEN body_reply.kind
            WHEN len(refusals) = len(asked) THEN list_max(list_transform(refusals, LAMBDA reply: reply.kind))
            WHEN body_reply.kind IN ('later'::SMTP_KIND, 'no'::SMTP_KIND) THEN body_reply.kind
        END AS answer,
        coalesce(
            body_reply.line_no,
            CASE WHEN mail_reply.kind IN ('later'::SMTP_KIND, 'no'::SMTP_KIND) THEN mail_reply.line_no END,
            refusals[1].line_no
        ) AS reply_line_no
    FROM answered
),

-- A log names few protocols and ciphers, each of them many times.
protocol AS (
    SELECT
        text AS tls_text,
        nullif(string_split(text, ' ')[1], '') AS tls_raw,
        nullif(string_split(text, ' ')[2], '') AS cipher,
        tls_grade(string_split(text, ' ')[1], NULL) AS tls
    FROM (SELECT DISTINCT text FROM query_table(relation) WHERE kind = 'tls'::SMTP_KIND)
)

SELECT
    decided.*,
    coalesce(decided.accepted, []) AS recipients,
    reply.text AS reply,
    protocol.tls_raw,
    protocol.cipher,
    CASE WHEN decided.tls_text IS NOT NULL THEN protocol.tls WHEN decided.start_seen THEN 'No TLS' ELSE 'Not recorded' END AS tls
FROM decided
LEFT JOIN protocol ON decided.tls_text = protocol.tls_text
LEFT JOIN (SELECT line_no, text FROM query_table(relation) WHERE kind > 'verb'::SMTP_KIND) AS reply ON decided.reply_line_no = reply.line_no;
