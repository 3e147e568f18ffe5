-- title: SMTP sessions to hops
-- help: One row a MAIL FROM of an Exchange protocol log, from the rows that the stages smtp_receive_rows and smtp_send_rows keep in raw.

-- Commands are answered in order, so the n-th answer after a MAIL FROM belongs to the n-th command from it on: this holds for pipelined
-- recipients too. Answers 3xx ask for more and end nothing; the stages leave them out.
CREATE OR REPLACE MACRO smtp_hops(rows) AS TABLE
WITH turns AS (
    SELECT
        session,
        kind,
        text,
        line_no,
        count(*) FILTER (WHERE kind = 'mail') OVER so_far AS message_no,
        count(*) FILTER (WHERE kind <> 'reply') OVER so_far AS command_no,
        row_number() OVER so_far AS turn_no
    FROM query_table(rows)
    WHERE kind IN ('mail', 'rcpt', 'body', 'helo', 'verb', 'proxy', 'reply')
    WINDOW so_far AS (PARTITION BY session ORDER BY time_utc, sequence_no, line_no ROWS UNBOUNDED PRECEDING)
),

talk AS (
    SELECT
        any_value(line_no) FILTER (WHERE kind = 'mail') AS line_no,
        any_value(command_no) FILTER (WHERE kind = 'mail') AS mail_no,
        max(command_no) FILTER (WHERE kind = 'body') AS body_no,
        list({ 'no': command_no, 'text': text }) FILTER (WHERE kind = 'rcpt') AS asked,
        list(text ORDER BY turn_no) FILTER (WHERE kind = 'reply') AS replies
    FROM turns
    WHERE message_no > 0
    GROUP BY session, message_no
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

mail AS (
    SELECT
        facts.* EXCLUDE (text),
        facts.text AS mail_text,
        talk.* EXCLUDE (line_no)
    FROM facts
    INNER JOIN talk ON facts.line_no = talk.line_no
    WHERE facts.kind = 'mail'
),

answered AS (
    SELECT
        *,
        replies[1] AS mail_reply,
        replies[body_no - mail_no + 1] AS body_reply,
        list_transform(
            list_filter(list_sort(asked), LAMBDA rcpt: left(replies[rcpt.no - mail_no + 1], 1) = '2'),
            LAMBDA rcpt: regexp_extract(rcpt.text, '<([^>]*)>', 1)
        ) AS recipients,
        list_filter(
            list_transform(asked, LAMBDA rcpt: replies[rcpt.no - mail_no + 1]), LAMBDA reply: left(reply, 1) IN ('4', '5')
        ) AS refusals
    FROM mail
)

SELECT
    * EXCLUDE (recipients),
    coalesce(body_reply, CASE WHEN left(mail_reply, 1) IN ('4', '5') THEN mail_reply END, refusals[1]) AS reply,
    coalesce(recipients, []) AS recipients,
    CASE
        WHEN left(mail_reply, 1) IN ('4', '5') THEN left(mail_reply, 1)
        WHEN left(body_reply, 1) IN ('2', '4', '5') AND len(recipients) > 0 THEN left(body_reply, 1)
        WHEN len(refusals) = len(asked) THEN max_refusal
        WHEN left(body_reply, 1) IN ('4', '5') THEN left(body_reply, 1)
    END AS answer
FROM (SELECT *, list_max(list_transform(refusals, LAMBDA reply: left(reply, 1))) AS max_refusal FROM answered);
