-- title: Sendmail, from lines to hops
-- help: The messages that from= and to= lines record, with the TLS of their connections.

-- All hops of a log: one a message that came by SMTP, and one a message, peer and TLS that it was handed to.
CREATE OR REPLACE MACRO sendmail_hops(relation, files) AS TABLE  -- noqa: CP05
WITH mark AS MATERIALIZED (FROM sendmail_marks(relation, files)),

letter AS MATERIALIZED (
    SELECT
        split_part(who, ' ', 2) AS server,
        queue_id,
        arg_min(text, time_utc) FILTER (WHERE kind = 'from') AS from_text,
        list_sort(list_distinct(flatten(list(sendmail_names(substr(text, 4))) FILTER (WHERE kind = 'to')))) AS recipients,
        list_sort(list_distinct(
            list(CASE WHEN kind = 'reject' THEN regexp_extract(text, '(?:, arg1=<?|^<)([^>,]*)', 1) END) FILTER (WHERE kind = 'reject' AND NOT starts_with(text, 'Milter'))
        )) AS refused,
        arg_min(coalesce(nullif(string_split(text, 'reject=')[2], ''), split_part(text, '>... ', 2)), time_utc) FILTER (WHERE kind = 'reject') AS refusal,
        bool_or(kind = 'reject' AND starts_with(text, 'Milter: ')) AS is_dropped
    FROM query_table(relation)
    WHERE queue_id IS NOT NULL
    GROUP BY ALL
),

given AS (
    SELECT
        * REPLACE (coalesce(relay, '') AS relay),
        split_part(who, ' ', 2) AS server,
        sendmail_status(text) AS status,
        sendmail_session(text, relay, tls_version, tls_words) AS session
    FROM mark
    WHERE kind = 'to' AND (contains(sendmail_field(text, 'mailer'), 'smtp') OR sendmail_field(text, 'mailer') = 'relay')
),

handed AS (
    SELECT
        server,
        queue_id,
        relay,
        status,
        session.version,
        any_value(session) AS session,
        min(line_no) AS line_no,
        min(time_utc) AS time_utc,
        bool_and(start_seen) AS start_seen,
        list_sort(list_distinct(flatten(list(sendmail_names(substr(text, 4)))))) AS recipients
    FROM given
    WHERE status IS NOT NULL
    GROUP BY server, queue_id, relay, status, session.version
)

SELECT
    mark.source_id,
    mark.line_no,
    mark.time_utc,
    letter.server,
    mark.queue_id,
    mark.text,
    mark.relay,
    CASE
        WHEN mark.auth_words IS NOT NULL OR sendmail_field(mark.text, 'proto') IN ('ESMTPA', 'ESMTPSA') OR sendmail_field(mark.text, 'auth') <> 'NONE'
            THEN 'submission'
        ELSE 'inbound'
    END AS direction,
    CASE
        WHEN letter.is_dropped OR (contains(mark.text, ', nrcpts=0') AND letter.refusal IS NOT NULL)
            THEN CASE WHEN starts_with(letter.refusal, '4') THEN 'deferred' ELSE 'rejected' END
        WHEN contains(mark.text, ', nrcpts=0') THEN 'incomplete'
        ELSE 'accepted'
    END AS status,
    CASE WHEN letter.is_dropped OR contains(mark.text, ', nrcpts=0') THEN letter.refusal END AS reply,
    coalesce(letter.recipients, letter.refused, []) AS recipients,
    letter.from_text,
    sendmail_field(mark.auth_words, 'authid') AS auth_user,
    sendmail_field(mark.text, 'daemon') AS service,
    mark.start_seen,
    coalesce(
        sendmail_session(mark.text, mark.relay, mark.tls_version, mark.tls_words),
        CASE
            WHEN sendmail_field(mark.text, 'proto') IN ('ESMTPS', 'ESMTPSA')
                THEN { 'version': sendmail_field(mark.text, 'proto'), 'cipher': NULL, 'verify': sendmail_field(mark.text, 'tls_verify') }
        END
    ) AS session
FROM mark
INNER JOIN letter ON mark.queue_id = letter.queue_id AND split_part(mark.who, ' ', 2) = letter.server
WHERE mark.kind = 'from' AND contains(mark.text, ', proto=') AND contains(mark.relay, '[')
UNION ALL BY NAME
SELECT
    line.source_id,
    line.line_no,
    handed.time_utc,
    handed.server,
    handed.queue_id,
    line.text,
    handed.relay,
    'outbound' AS direction,
    handed.status,
    split_part(line.text, ', stat=', 2) AS reply,
    handed.recipients,
    letter.from_text,
    NULL AS auth_user,
    sendmail_field(line.text, 'mailer') AS service,
    -- Without an address there was no connection.
    handed.start_seen AND contains(handed.relay, '[') AS start_seen,
    handed.session
FROM handed
INNER JOIN query_table(relation) AS line ON handed.line_no = line.line_no
LEFT JOIN letter ON handed.queue_id = letter.queue_id AND handed.server = letter.server;
