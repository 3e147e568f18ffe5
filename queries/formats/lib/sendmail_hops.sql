-- title: Sendmail: hops
-- help: The messages that from= and to= lines record, with the TLS of their connections.

-- Return all hops of a log: one per message received by SMTP, and one per message, peer and TLS version that it was delivered to.
CREATE OR REPLACE MACRO sendmail_hops(relation, files) AS TABLE  -- noqa: CP05
WITH lines AS MATERIALIZED (FROM sendmail_lines_with_tls(relation, files)),

messages AS MATERIALIZED (
    SELECT
        split_part(who, ' ', 2) AS server,
        queue_id,
        arg_min(text, time_utc) FILTER (WHERE kind = 'from') AS from_text,
        list_sort(list_distinct(flatten(list(sendmail_recipients(substr(text, 4))) FILTER (WHERE kind = 'to')))) AS recipients,
        list_sort(list_distinct(
            list(CASE WHEN kind = 'reject' THEN regexp_extract(text, '(?:, arg1=<?|^<)([^>,]*)', 1) END) FILTER (WHERE kind = 'reject' AND NOT starts_with(text, 'Milter'))
        )) AS rejected_recipients,
        arg_min(coalesce(nullif(string_split(text, 'reject=')[2], ''), split_part(text, '>... ', 2)), time_utc) FILTER (WHERE kind = 'reject') AS rejection_reply,
        bool_or(kind = 'reject' AND starts_with(text, 'Milter: ')) AS is_dropped
    FROM query_table(relation)
    WHERE queue_id IS NOT NULL
    GROUP BY ALL
),

delivery_lines AS (
    SELECT
        * REPLACE (coalesce(relay, '') AS relay),
        split_part(who, ' ', 2) AS server,
        sendmail_status(text) AS status,
        sendmail_session(text, relay, tls_version, valid_tls_text) AS session
    FROM lines
    WHERE kind = 'to' AND (contains(sendmail_field(text, 'mailer'), 'smtp') OR sendmail_field(text, 'mailer') = 'relay')
),

deliveries AS (
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
        list_sort(list_distinct(flatten(list(sendmail_recipients(substr(text, 4)))))) AS recipients
    FROM delivery_lines
    WHERE status IS NOT NULL
    GROUP BY server, queue_id, relay, status, session.version
)

SELECT
    lines.source_id,
    lines.line_no,
    lines.time_utc,
    messages.server,
    lines.queue_id,
    lines.text,
    lines.relay,
    CASE
        WHEN lines.valid_auth_text IS NOT NULL OR sendmail_field(lines.text, 'proto') IN ('ESMTPA', 'ESMTPSA') OR sendmail_field(lines.text, 'auth') <> 'NONE'
            THEN 'submission'
        ELSE 'inbound'
    END AS direction,
    CASE
        WHEN messages.is_dropped OR (contains(lines.text, ', nrcpts=0') AND messages.rejection_reply IS NOT NULL)
            THEN CASE WHEN starts_with(messages.rejection_reply, '4') THEN 'deferred' ELSE 'rejected' END
        WHEN contains(lines.text, ', nrcpts=0') THEN 'incomplete'
        ELSE 'accepted'
    END AS status,
    CASE WHEN messages.is_dropped OR contains(lines.text, ', nrcpts=0') THEN messages.rejection_reply END AS reply,
    coalesce(messages.recipients, messages.rejected_recipients, []) AS recipients,
    messages.from_text,
    sendmail_field(lines.valid_auth_text, 'authid') AS auth_user,
    sendmail_field(lines.text, 'daemon') AS service,
    lines.start_seen,
    coalesce(
        sendmail_session(lines.text, lines.relay, lines.tls_version, lines.valid_tls_text),
        CASE
            WHEN sendmail_field(lines.text, 'proto') IN ('ESMTPS', 'ESMTPSA')
                THEN { 'version': sendmail_field(lines.text, 'proto'), 'cipher': NULL, 'verify': sendmail_field(lines.text, 'tls_verify') }
        END
    ) AS session
FROM lines
INNER JOIN messages ON lines.queue_id = messages.queue_id AND split_part(lines.who, ' ', 2) = messages.server
WHERE lines.kind = 'from' AND contains(lines.text, ', proto=') AND contains(lines.relay, '[')
UNION ALL BY NAME
SELECT
    entry.source_id,
    entry.line_no,
    deliveries.time_utc,
    deliveries.server,
    deliveries.queue_id,
    entry.text,
    deliveries.relay,
    'outbound' AS direction,
    deliveries.status,
    split_part(entry.text, ', stat=', 2) AS reply,
    deliveries.recipients,
    messages.from_text,
    NULL AS auth_user,
    sendmail_field(entry.text, 'mailer') AS service,
    -- Without an address there was no connection.
    deliveries.start_seen AND contains(deliveries.relay, '[') AS start_seen,
    deliveries.session
FROM deliveries
INNER JOIN query_table(relation) AS entry ON deliveries.line_no = entry.line_no
LEFT JOIN messages ON deliveries.queue_id = messages.queue_id AND deliveries.server = messages.server;
