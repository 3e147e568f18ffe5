-- title: Amazon SES events
-- help: Delivery, bounce and delivery delay events as SES publishes them, also inside the Message of an SNS notification: the outgoing hop, and the TLS version of the client that submitted the mail to SES.
-- provides: TLS version of outgoing mail, TLS version of own clients, peer, sender, recipients, subject, status
-- lacks: inbound mail, connector, cipher
-- recognise: json eventtype mail
-- recognise: json notificationtype mail
-- recognise: json type message topicarn
-- reader: json
-- system: Amazon SES
-- columns: item
-- hosted_service: yes
-- connectors_from_settings: yes
-- into: message
WITH events AS (
    SELECT
        source_id,
        line_no,
        CASE WHEN json_type(item, '$.Message') = 'VARCHAR' THEN item ->> '$.Message' ELSE item END AS item
    FROM raw
),

event_texts AS (
    SELECT
        source_id,
        line_no,
        item,
        texts_at(item, [
            '$.eventType', '$.notificationType', '$.mail.timestamp', '$.delivery.timestamp', '$.bounce.timestamp',
            '$.deliveryDelay.timestamp', '$.mail.sourceIp', '$.delivery.remoteMtaIp', '$.bounce.remoteMtaIp', '$.delivery.smtpResponse',
            '$.bounce.bouncedRecipients[0].diagnosticCode', '$.mail.source', '$.mail.commonHeaders.subject',
            '$.mail.commonHeaders.messageId', '$.mail.messageId'
        ]) AS texts
    FROM events
),

event_fields AS (
    SELECT
        source_id,
        line_no,
        item,
        texts[1] AS event_type,
        texts[2] AS notification_type,
        texts[3] AS mail_timestamp,
        texts[4] AS delivery_timestamp,
        texts[5] AS bounce_timestamp,
        texts[6] AS delivery_delay_timestamp,
        texts[7] AS mail_source_ip,
        texts[8] AS delivery_remote_mta_ip,
        texts[9] AS bounce_remote_mta_ip,
        texts[10] AS delivery_smtp_response,
        texts[11] AS bounce_bounced_recipients_0_diagnostic_code,
        texts[12] AS mail_source,
        texts[13] AS mail_common_headers_subject,
        texts[14] AS mail_common_headers_message_id,
        texts[15] AS mail_message_id
    FROM event_texts
),

notifications AS MATERIALIZED (
    SELECT
        source_id,
        line_no,
        lower(coalesce(event_type, notification_type)) AS kind,
        json_time(mail_timestamp) AS sent_utc,
        json_time(coalesce(
            delivery_timestamp, bounce_timestamp, delivery_delay_timestamp,
            mail_timestamp
        )) AS time_utc,
        json_extract_string(item, '$.mail.tags."ses:source-tls-version"[0]') AS client_tls,
        json_extract_string(item, '$.mail.tags."ses:outgoing-tls-version"[0]') AS peer_tls,
        coalesce(json_extract_string(item, '$.mail.tags."ses:source-ip"[0]'), mail_source_ip) AS client_ip,
        coalesce(delivery_remote_mta_ip, bounce_remote_mta_ip) AS peer_ip,
        coalesce(delivery_smtp_response, bounce_bounced_recipients_0_diagnostic_code) AS reply,
        addresses_of([mail_source])[1] AS sender,
        addresses_of(coalesce(list_at(item, '$.delivery.recipients'), list_at(item, '$.mail.destination'))) AS recipients,
        addresses_of(list_at(item, '$.mail.destination')) AS all_recipients,
        mail_common_headers_subject AS subject,
        coalesce(mail_common_headers_message_id, mail_message_id) AS message_id,
        mail_message_id AS session_id,
        coalesce(mail_message_id, concat_ws('|', 'line', mail_timestamp, mail_source, array_to_string(all_recipients, ','))) AS message_key
    FROM event_fields
),

client_notifications AS (
    SELECT *
    FROM notifications
    WHERE client_tls IS NOT NULL AND session_id IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY source_id, session_id ORDER BY time_utc, client_tls, client_ip, recipients) = 1
),

-- Several events, one per recipient, with the same server and TLS version are one message at one hop.
deliveries AS (
    SELECT
        source_id,
        min(line_no) AS line_no,
        min(time_utc) AS time_utc,
        kind,
        peer_tls,
        peer_ip,
        message_key,
        min(reply) AS reply,
        min(sender) AS sender,
        all_recipients(recipients) AS recipients,
        min(subject) AS subject,
        min(message_id) AS message_id,
        min(session_id) AS session_id
    FROM notifications
    WHERE kind IN ('delivery', 'bounce', 'deliverydelay') AND time_utc IS NOT NULL
    GROUP BY source_id, kind, peer_tls, peer_ip, message_key
)

SELECT
    source_id,
    line_no,
    time_utc,
    'outbound' AS direction,
    peer_tls AS tls_raw,
    tls_grade(peer_tls, NULL) AS tls,
    CASE kind WHEN 'delivery' THEN 'delivered' WHEN 'bounce' THEN 'bounced' ELSE 'deferred' END AS status,
    reply,
    'Amazon SES' AS system,
    peer_ip,
    recipient_domain(recipients) AS peer_domain,
    sender,
    recipients,
    subject,
    message_id,
    session_id,
    md5_number_lower(concat_ws('|', 'ses', kind, message_key, peer_ip, peer_tls)) AS hop_key,
    NULL AS problem
FROM deliveries
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
FROM client_notifications
UNION ALL BY NAME
SELECT
    source_id,
    line_no,
    'the time cannot be read' AS problem
FROM notifications
WHERE kind IN ('delivery', 'bounce', 'deliverydelay') AND time_utc IS NULL
