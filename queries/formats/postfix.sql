-- title: Postfix log
-- help: maillog or mail.log: one message per queue id that smtpd accepted, and one per message, relay and TLS version that smtp delivered.
-- provides: direction (authenticated sessions are mail of own clients), TLS version, cipher, certificate check, peer host and address, sender, recipients, Message-ID, size, replies
-- lacks: connectors, Forced TLS?, subject, HELO of accepted mail; clear text only if TLS lines are logged (smtp_tls_loglevel, smtpd_tls_loglevel 1)
-- tls_from: logs written with smtpd_tls_loglevel and smtp_tls_loglevel 1
-- recognise: line ^(?:<\d+>|\S+\s+\| +)?(\w{3} [ \d]\d \d\d:\d\d:\d\d\S*|\d{4}-\d\d-\d\dT\S+) \S+ [\w.-]+(/[\w.-]+)*/(smtpd?|lmtp|cleanup|n?qmgr|pickup|bounce|local|virtual|pipe|error|retry|postscreen|tlsproxy|anvil|verify|trivial-rewrite)\[\d+\]:
-- reader: lines
-- system: Postfix
-- columns: line
-- stage: postfix_rows
-- failures: postfix_failures
-- pending: postfix_messages
-- resolve: infer clear text
-- dedup_key: line_key
-- join_order: as_written
-- naive_timestamps: ^([A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT[\d:.]+ )
-- tls_line:  TLS connection (?:established|reused) [^\n]*: ((?:TLS|SSL)v[\d.]+) with cipher
-- connectors_from_settings: yes
-- into: message
SELECT
    source_id,
    line_no,
    time_utc,
    CASE
        WHEN is_own OR contains(who, '/lmtp[') THEN 'internal'
        WHEN kind = 'delivery'::POSTFIX_KIND THEN 'outbound'
        WHEN kind = 'client'::POSTFIX_KIND AND contains(text, ', orig_') THEN 'internal'
        WHEN kind = 'client'::POSTFIX_KIND AND contains(text, ', sasl_username=') THEN 'submission'
        ELSE 'inbound'
    END AS direction,
    tls,
    tls_raw,
    cipher,
    verified,
    CASE
        WHEN kind = 'delivery'::POSTFIX_KIND THEN CASE
            WHEN outcome = 'sent'::POSTFIX_OUTCOME THEN 'delivered'
            WHEN outcome = 'deferred'::POSTFIX_OUTCOME AND NOT coalesce(has_expired, FALSE) THEN 'deferred'
            ELSE 'bounced'
        END
        WHEN kind = 'client'::POSTFIX_KIND AND (envelope IS NOT NULL OR queue_id = 'NOQUEUE') THEN 'accepted'
        WHEN kind = 'client'::POSTFIX_KIND AND dropped IS NULL THEN 'incomplete'
        WHEN regexp_matches(coalesce(dropped, text), '\]: (4\d\d|4\.\d+\.\d+) ') THEN 'deferred'
        ELSE 'rejected'
    END AS status,
    CASE
        WHEN kind = 'delivery'::POSTFIX_KIND THEN postfix_reply(text, outcome)
        WHEN envelope IS NULL THEN nullif(regexp_extract(coalesce(dropped, text), '\]: (.*?)(?:; from=<|$)', 1), '')
    END AS reply,
    'Postfix' AS system,
    server,
    postfix_service(who) AS service,
    peer_host,
    CASE WHEN envelope IS NULL THEN nullif(regexp_extract(coalesce(dropped, text), ' helo=<([^>]*)>', 1), '') END AS helo,
    peer_ip,
    postfix_domain(CASE WHEN kind = 'delivery'::POSTFIX_KIND THEN recipients[1] ELSE sender END) AS peer_domain,
    sender,
    recipients,
    CASE
        WHEN kind = 'client'::POSTFIX_KIND AND contains(text, ', sasl_username=') THEN string_split(split_part(text, ', sasl_username=', 2), ', ')[1]
    END AS auth_user,
    CASE WHEN kind = 'delivery'::POSTFIX_KIND AND contains(text, ', tls=') THEN postfix_level(text) END AS security_policy,
    message_id,
    CASE WHEN kind = 'reject'::POSTFIX_KIND THEN string_split(who, '/')[-1] ELSE queue_id END AS session_id,
    try_cast(string_split(substr(envelope, strpos(envelope, '>, size=') + 8), ',')[1] AS BIGINT) AS size_bytes,
    md5_number_lower(concat_ws(
        '|', 'postfix', kind, CASE WHEN kind = 'delivery'::POSTFIX_KIND THEN server ELSE who END, queue_id, peer, tls, outcome,
        CASE WHEN kind = 'reject'::POSTFIX_KIND THEN sender END, epoch_us(time_utc)
    )) AS hop_key,
    NULL AS problem
FROM (
    SELECT
        *,
        CASE
            WHEN kind = 'reject'::POSTFIX_KIND THEN string_split(split_part(text, '; from=<', 2), '>')[1]
            ELSE substr(envelope, 7, strpos(envelope, '>, size=') - 7)
        END AS sender,
        nullif(postfix_server(who), '-') AS server
    FROM postfix_hops('raw', 'read_file')
)
WHERE time_utc IS NOT NULL
UNION ALL BY NAME
SELECT
    source_id,
    line_no,
    CASE WHEN kind = 'damaged'::POSTFIX_KIND THEN 'the line ends before its status' ELSE 'the line has no time' END AS problem
FROM raw
WHERE kind = 'damaged'::POSTFIX_KIND OR (kind IS NOT NULL AND time_utc IS NULL)
