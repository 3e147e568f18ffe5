-- title: Amazon SES events
-- help: Delivery, bounce and delivery delay events as SES publishes them, also inside the Message of an SNS notification: the hop out, and the TLS version of the client that gave the mail to SES.
-- tells: TLS version of outgoing mail, TLS version of own clients, peer, sender, recipients, subject, status
-- cannot tell: inbound mail, connector, cipher
-- recognise: json eventtype mail
-- recognise: json notificationtype mail
-- recognise: json type message topicarn
-- reader: json
-- system: Amazon SES
-- columns: item
-- into: message
WITH event AS (
    SELECT
        source_id,
        line_no,
        CASE WHEN json_type(item, '$.Message') = 'VARCHAR' THEN item ->> '$.Message' ELSE item END AS item
    FROM raw
),

told AS MATERIALIZED (
    SELECT
        source_id,
        line_no,
        lower(coalesce(told_at(item, '$.eventType'), told_at(item, '$.notificationType'))) AS kind,
        json_time(told_at(item, '$.mail.timestamp')) AS sent_utc,
        json_time(coalesce(
            told_at(item, '$.delivery.timestamp'), told_at(item, '$.bounce.timestamp'), told_at(item, '$.deliveryDelay.timestamp'),
            told_at(item, '$.mail.timestamp')
        )) AS time_utc,
        json_extract_string(item, '$.mail.tags."ses:source-tls-version"[0]') AS client_tls,
        json_extract_string(item, '$.mail.tags."ses:outgoing-tls-version"[0]') AS peer_tls,
        coalesce(json_extract_string(item, '$.mail.tags."ses:source-ip"[0]'), told_at(item, '$.mail.sourceIp')) AS client_ip,
        coalesce(told_at(item, '$.delivery.remoteMtaIp'), told_at(item, '$.bounce.remoteMtaIp')) AS peer_ip,
        coalesce(told_at(item, '$.delivery.smtpResponse'), told_at(item, '$.bounce.bouncedRecipients[0].diagnosticCode')) AS reply,
        addresses_of([told_at(item, '$.mail.source')])[1] AS sender,
        addresses_of(coalesce(list_at(item, '$.delivery.recipients'), list_at(item, '$.mail.destination'))) AS recipients,
        addresses_of(list_at(item, '$.mail.destination')) AS all_recipients,
        told_at(item, '$.mail.commonHeaders.subject') AS subject,
        coalesce(told_at(item, '$.mail.commonHeaders.messageId'), told_at(item, '$.mail.messageId')) AS message_id,
        told_at(item, '$.mail.messageId') AS session_id,
        coalesce(told_at(item, '$.mail.messageId'), 'line ' || source_id || ' ' || line_no) AS message_key
    FROM event
),

given AS (
    SELECT *
    FROM told
    WHERE client_tls IS NOT NULL AND session_id IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY session_id ORDER BY time_utc, line_no) = 1
),

-- Where there is an event a recipient, what one server got by one version is one message at one hop.
handed AS (
    SELECT
        arg_min(source_id, line_no) AS source_id,
        min(line_no) AS line_no,
        min(time_utc) AS time_utc,
        kind,
        peer_tls,
        peer_ip,
        message_key,
        any_value(reply) AS reply,
        any_value(sender) AS sender,
        list_distinct(flatten(list(recipients ORDER BY line_no))) AS recipients,
        any_value(subject) AS subject,
        any_value(message_id) AS message_id,
        any_value(session_id) AS session_id
    FROM told
    WHERE kind IN ('delivery', 'bounce', 'deliverydelay') AND time_utc IS NOT NULL
    GROUP BY kind, peer_tls, peer_ip, message_key
)

SELECT
    source_id,
    line_no,
    time_utc,
    'outbound' AS direction,
    peer_tls AS tls_raw,
    tls_grade(peer_tls, NULL) AS tls,
    CASE kind WHEN 'delivery' THEN 'handed over' WHEN 'bounce' THEN 'bounced' ELSE 'deferred' END AS status,
    reply,
    'Amazon SES' AS system,
    peer_ip,
    domain_of(recipients[1]) AS peer_domain,
    sender,
    recipients,
    subject,
    message_id,
    session_id,
    md5_number_lower(concat_ws('|', 'ses', kind, message_key, peer_ip, peer_tls)) AS hop_key,
    NULL AS problem
FROM handed
UNION ALL BY NAME
SELECT
    source_id,
    line_no,
    coalesce(sent_utc, time_utc) AS time_utc,
    'submission' AS direction,
    client_tls AS tls_raw,
    tls_grade(client_tls, NULL) AS tls,
    'accepted' AS status,
    'Amazon SES' AS system,
    client_ip AS peer_ip,
    domain_of(sender) AS peer_domain,
    sender,
    all_recipients AS recipients,
    subject,
    message_id,
    session_id,
    md5_number_lower(concat_ws('|', 'ses', 'given', session_id)) AS hop_key
FROM given
UNION ALL BY NAME
SELECT
    source_id,
    line_no,
    'the time cannot be read' AS problem
FROM told
WHERE kind IN ('delivery', 'bounce', 'deliverydelay') AND time_utc IS NULL
