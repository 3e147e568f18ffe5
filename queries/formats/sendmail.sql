-- title: Sendmail log
-- help: maillog with lines of sendmail or sm-mta: one message per from= line received by SMTP, and one per message, peer and TLS version of the to= lines.
-- provides: direction (authenticated sessions are mail of own clients), TLS version, cipher, certificate check, peer host and address, sender, recipients, Message-ID, size, replies
-- lacks: connectors, Forced TLS?, subject, HELO; the version if it is TLSv1/SSLv3; clear text only if the line has NONE or other lines show TLS
-- recognise: line ^(<\d+>|\S+\s+\| +)?(\w{3} [ \d]\d [\d:]{8}|\d{4}-\d\d-\d\dT\S+) \S+ (sendmail|sm-[\w-]+)\[\d+\]:
-- recognise: line \bSTARTTLS=(client|server), (relay|daemon|error)
-- reader: lines
-- system: Sendmail
-- columns: line
-- stage: sendmail_rows
-- failures: sendmail_failures
-- pending: sendmail_messages
-- resolve: infer clear text
-- dedup_key: time_utc, who, kind, text
-- naive_timestamps: ^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d
-- tls_line: (?:STARTTLS=\w+, [^\n]*?|, tls_)version=(?!NONE)([^ ,\n]+)
-- connectors_from_settings: yes
-- into: message
WITH hops AS (
    SELECT
        *,
        sendmail_address(relay) AS peer_ip
    FROM sendmail_hops('raw', 'read_file')
)

SELECT
    source_id,
    line_no,
    time_utc,
    CASE WHEN is_own_address(peer_ip) THEN 'internal' ELSE direction END AS direction,
    coalesce(
        CASE
            WHEN session.version LIKE 'ESMTP%' THEN 'TLS (version unknown)' WHEN session.version IS NOT NULL THEN tls_grade(session.version, session.cipher)
        END, 'Not recorded'
    ) AS tls,
    coalesce(session.version, CASE WHEN start_seen THEN 'no TLS line' END) AS tls_raw,
    session.cipher,
    session.verify AS verified,
    status,
    reply,
    'Sendmail' AS system,
    server,
    service,
    CASE WHEN relay <> '' AND NOT starts_with(relay, '[') THEN rtrim(string_split(relay, ' ')[1], '.') END AS peer_host,
    peer_ip,
    domain_of(CASE WHEN direction = 'outbound' THEN recipients[1] ELSE trim(string_split(substr(from_text, 6), ', ')[1], '<>') END) AS peer_domain,
    trim(string_split(substr(from_text, 6), ', ')[1], '<>') AS sender,
    recipients,
    auth_user,
    sendmail_field(from_text, 'msgid') AS message_id,
    queue_id AS session_id,
    try_cast(sendmail_field(from_text, 'size') AS BIGINT) AS size_bytes,
    md5_number_lower(concat_ws('|', 'sendmail', server, queue_id, direction, relay, status_in_key(status), session.version, epoch_ms(time_utc))) AS hop_key,
    NULL AS problem
FROM hops
UNION ALL BY NAME
SELECT
    source_id,
    line_no,
    problem
FROM raw
WHERE problem IS NOT NULL
