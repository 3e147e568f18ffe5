-- title: Trend Micro Email Security logs
-- help: Mail tracking as JSON: upstream is the incoming, downstream the outgoing hop; each event records both.
-- provides: direction, TLS version of each hop, peer, sender, recipients, subject, status
-- lacks: cipher, connector, HELO
-- recognise: json tlsinfo mailid
-- reader: json
-- json_path: logs
-- system: Trend Micro
-- columns: item
-- hosted_service: yes
-- connectors_from_settings: yes
-- into: message
WITH item_texts AS (
    SELECT
        source_id,
        line_no,
        item,
        texts_at(item, [
            '$.timestamp', '$.genTime', '$.deliveryTime', '$.tlsInfo', '$.action', '$.details', '$.direction', '$.senderIP',
            '$.deliveredTo', '$.sender', '$.subject', '$.messageID', '$.mailID', '$.size'
        ]) AS texts
    FROM raw
),

item_fields AS (
    SELECT
        source_id,
        line_no,
        item,
        texts[1] AS timestamp_word,
        texts[2] AS gen_time,
        texts[3] AS delivery_time,
        texts[4] AS tls_info,
        texts[5] AS action_word,
        texts[6] AS details_word,
        texts[7] AS direction_word,
        texts[8] AS sender_ip,
        texts[9] AS delivered_to,
        texts[10] AS sender_word,
        texts[11] AS subject_word,
        texts[12] AS message_id_word,
        texts[13] AS mail_id,
        texts[14] AS size_word
    FROM item_texts
),

events AS MATERIALIZED (
    SELECT
        source_id,
        line_no,
        json_time(coalesce(timestamp_word, gen_time)) AS time_utc,
        json_time(coalesce(delivery_time, gen_time, timestamp_word)) AS delivered_utc,
        nullif(regexp_extract(tls_info, 'upstreamTLS: *([^;]*)', 1, 'i'), '') AS up_text,
        nullif(regexp_extract(tls_info, 'downstreamTLS: *([^;]*)', 1, 'i'), '') AS down_text,
        lower(action_word) AS action,
        details_word AS reply,
        lower(direction_word) AS recorded_direction,
        sender_ip,
        CASE WHEN lower(delivered_to) <> 'none' THEN delivered_to END AS delivered_to,
        lower(sender_word) AS sender,
        addresses_of(list_at(item, '$.recipient')) AS recipients,
        subject_word AS subject,
        message_id_word AS message_id,
        mail_id AS session_id,
        try_cast(size_word AS BIGINT) AS size_bytes,
        coalesce(mail_id, message_id_word, concat_ws('|', 'line', timestamp_word, gen_time, sender_word, array_to_string(recipients, ','), subject_word)) AS message_key
    FROM item_fields
),

-- A message has one event per recipient. It is one incoming hop, and one outgoing hop per server and version.
hops AS (
    SELECT
        source_id,
        min(line_no) AS line_no,
        min(time_utc) AS time_utc,
        'in' AS kind,
        min(up_text) AS tls_raw,
        NULL AS delivered_to,
        CASE WHEN bool_and(action IN ('rejected', 'blocked')) THEN 'rejected' ELSE 'accepted' END AS status,
        all_recipients(recipients) AS recipients,
        message_key,
        min({ 'is_rejected': action IN ('rejected', 'blocked'), 'reply': reply }).reply AS reply,
        min(sender_ip) AS sender_ip,
        min(sender) AS sender,
        min(subject) AS subject,
        min(message_id) AS message_id,
        min(session_id) AS session_id,
        max(size_bytes) AS size_bytes
    FROM events
    WHERE time_utc IS NOT NULL
    GROUP BY source_id, message_key
    UNION ALL BY NAME
    SELECT
        source_id,
        min(line_no) AS line_no,
        min(delivered_utc) AS time_utc,
        'out' AS kind,
        down_text AS tls_raw,
        delivered_to,
        CASE action WHEN 'delivered' THEN 'delivered' WHEN 'bounced' THEN 'bounced' ELSE 'deferred' END AS status,
        all_recipients(recipients) AS recipients,
        message_key,
        min(reply) AS reply,
        min(sender) AS sender,
        min(subject) AS subject,
        min(message_id) AS message_id,
        min(session_id) AS session_id,
        max(size_bytes) AS size_bytes
    FROM events
    WHERE time_utc IS NOT NULL AND (delivered_to IS NOT NULL OR action IN ('delivered', 'bounced', 'deferred', 'temporary delivery error'))
    GROUP BY source_id, message_key, delivered_to, down_text, action
)

SELECT
    source_id,
    line_no,
    time_utc,
    CASE kind WHEN 'in' THEN 'inbound' ELSE 'outbound' END AS direction,
    tls_raw,
    tls_grade(tls_raw, NULL) AS tls,
    status,
    reply,
    'Trend Micro' AS system,
    CASE WHEN kind = 'out' THEN nullif(regexp_extract(delivered_to, '^([^\[\s]+)', 1), '') END AS peer_host,
    CASE WHEN kind = 'in' THEN sender_ip ELSE nullif(regexp_extract(delivered_to, '\[([^\]]+)\]', 1), '') END AS peer_ip,
    CASE kind WHEN 'in' THEN domain_of(sender) ELSE recipient_domain(recipients) END AS peer_domain,
    sender,
    recipients,
    subject,
    message_id,
    session_id,
    size_bytes,
    md5_number_lower(concat_ws('|', 'trend', kind, message_key, CASE kind WHEN 'out' THEN concat_ws('|', delivered_to, tls_raw, status_in_key(status)) END)) AS hop_key,
    NULL AS problem
FROM hops
UNION ALL BY NAME
SELECT
    source_id,
    line_no,
    'the time cannot be read' AS problem
FROM events
WHERE time_utc IS NULL
