-- title: SMTP sessions to hops
-- help: One row a MAIL FROM of an Exchange protocol log, from the rows that the stages smtp_receive_rows and smtp_send_rows keep in raw.

-- What a line of a protocol log is for its session: a number of one byte, because millions of them are sorted.
CREATE TYPE smtp_kind AS ENUM (
    'start', 'greeting', 'helo', 'tls', 'verified', 'auth', 'proxy', 'announce', 'mail', 'rcpt', 'body', 'verb', 'reply'
);

-- Commands are answered in order, so the n-th answer after a MAIL FROM belongs to the n-th command from it on: this holds for pipelined
-- recipients too. Answers 3xx ask for more and end nothing; the stages leave them out.
CREATE OR REPLACE MACRO smtp_hops(rows) AS TABLE
WITH turns AS (
    SELECT
        session,
        kind,
        text,
        line_no,
        last_value(CASE WHEN kind = 'mail' THEN line_no END IGNORE NULLS) OVER so_far AS mail_line_no,
        count(*) FILTER (WHERE kind <> 'reply') OVER so_far AS command_no,
        row_number() OVER so_far AS turn_no
    FROM query_table(rows)
    WHERE kind IN ('mail', 'rcpt', 'body', 'helo', 'verb', 'proxy', 'reply')
    WINDOW so_far AS (PARTITION BY session ORDER BY time_utc, sequence_no, line_no ROWS UNBOUNDED PRECEDING)
),

talk AS (
    SELECT
        mail_line_no AS line_no,
        any_value(command_no) FILTER (WHERE kind = 'mail') AS mail_no,
        max(command_no) FILTER (WHERE kind = 'body') AS body_no,
        list({ 'no': command_no, 'address': text }) FILTER (WHERE kind = 'rcpt') AS asked,
        list({ 'no': turn_no, 'text': text }) FILTER (WHERE kind = 'reply') AS replies
    FROM turns
    WHERE mail_line_no IS NOT NULL
    GROUP BY mail_line_no
),

-- What the session was when a message began: a fact holds until a later one of its kind replaces it.
facts AS (
    SELECT
        *,
        last_value(CASE WHEN kind = 'tls' THEN text END IGNORE NULLS) OVER so_far AS tls_text,
        last_value(CASE WHEN kind = 'helo' THEN text END IGNORE NULLS) OVER so_far AS helo_text,
        first_value(CASE WHEN kind = 'greeting' THEN text END IGNORE NULLS) OVER so_far AS greeting_text,
        last_value(CASE WHEN kind = 'proxy' THEN text END IGNORE NULLS) OVER so_far AS proxy_text,
        last_value(CASE WHEN kind = 'auth' THEN text END IGNORE NULLS) OVER so_far AS auth_user,
        bool_or(kind = 'auth') OVER so_far AS signed_in,
        last_value(CASE WHEN kind = 'verified' THEN text END IGNORE NULLS) OVER so_far AS verified,
        last_value(CASE WHEN kind = 'announce' THEN text END IGNORE NULLS) OVER so_far AS announced_id,
        first_value(kind) OVER so_far IN ('start', 'greeting') AS start_seen
    FROM query_table(rows)
    WHERE kind IN ('mail', 'start', 'greeting', 'tls', 'helo', 'proxy', 'auth', 'verified', 'announce')
    WINDOW so_far AS (PARTITION BY session ORDER BY time_utc, sequence_no, line_no ROWS UNBOUNDED PRECEDING)
),

-- A log names few protocols and ciphers, each of them many times.
protocol AS (
    SELECT
        text AS tls_text,
        nullif(split_part(text, ' ', 1), '') AS tls_raw,
        nullif(split_part(text, ' ', 2), '') AS cipher,
        tls_grade(split_part(text, ' ', 1), NULL) AS tls
    FROM (SELECT DISTINCT text FROM query_table(rows) WHERE kind = 'tls')
),

mail AS (
    SELECT
        facts.* EXCLUDE (text),
        facts.text AS mail_text,
        talk.mail_no,
        talk.body_no,
        list_sort(talk.asked) AS asked,
        list_sort(talk.replies) AS replies
    FROM talk
    INNER JOIN facts ON talk.line_no = facts.line_no
    WHERE facts.kind = 'mail'
),

answered AS (
    SELECT
        *,
        replies[1].text AS mail_reply,
        replies[body_no - mail_no + 1].text AS body_reply,
        list_transform(
            list_filter(asked, LAMBDA rcpt: left(replies[rcpt.no - mail_no + 1].text, 1) = '2'), LAMBDA rcpt: rcpt.address
        ) AS recipients,
        list_filter(
            list_transform(asked, LAMBDA rcpt: replies[rcpt.no - mail_no + 1].text), LAMBDA reply: left(reply, 1) IN ('4', '5')
        ) AS refusals
    FROM mail
)

SELECT
    answered.* EXCLUDE (recipients, tls_text),
    protocol.tls_raw,
    protocol.cipher,
    CASE WHEN answered.tls_text IS NOT NULL THEN protocol.tls WHEN answered.start_seen THEN 'No TLS' ELSE 'Not recorded' END AS tls,
    coalesce(body_reply, CASE WHEN left(mail_reply, 1) IN ('4', '5') THEN mail_reply END, refusals[1]) AS reply,
    coalesce(recipients, []) AS recipients,
    CASE
        WHEN left(mail_reply, 1) IN ('4', '5') THEN left(mail_reply, 1)
        WHEN left(body_reply, 1) IN ('2', '4', '5') AND len(recipients) > 0 THEN left(body_reply, 1)
        WHEN len(refusals) = len(asked) THEN max_refusal
        WHEN left(body_reply, 1) IN ('4', '5') THEN left(body_reply, 1)
    END AS answer
FROM (SELECT *, list_max(list_transform(refusals, LAMBDA reply: left(reply, 1))) AS max_refusal FROM answered) AS answered
LEFT JOIN protocol ON answered.tls_text = protocol.tls_text;
