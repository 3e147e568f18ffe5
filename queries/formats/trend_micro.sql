-- title: Trend Micro Email Security logs
-- help: Mail tracking as JSON: the upstream hop came in, the downstream hop was delivered; each event tells both.
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
WITH spelt AS (
    SELECT
        source_id,
        line_no,
        item,
        texts_at(item, [
            '$.timestamp', '$.genTime', '$.deliveryTime', '$.tlsInfo', '$.action', '$.details', '$.direction', '$.senderIP',
            '$.deliveredTo', '$.sender', '$.subject', '$.messageID', '$.mailID', '$.size'
        ]) AS words
    FROM raw
),

word AS (
    SELECT
        source_id,
        line_no,
        item,
        words[1] AS timestamp_word,
        words[2] AS gen_time,
        words[3] AS delivery_time,
        words[4] AS tls_info,
        words[5] AS action_word,
        words[6] AS details_word,
        words[7] AS direction_word,
        words[8] AS sender_ip,
        words[9] AS delivered_to,
        words[10] AS sender_word,
        words[11] AS subject_word,
        words[12] AS message_id_word,
        words[13] AS mail_id,
        words[14] AS size_word
    FROM spelt
),

told AS MATERIALIZED (
    SELECT
        source_id,
        line_no,
        json_time(coalesce(timestamp_word, gen_time)) AS time_utc,
        json_time(coalesce(delivery_time, gen_time, timestamp_word)) AS delivered_utc,
        nullif(regexp_extract(tls_info, 'upstreamTLS: *([^;]*)', 1, 'i'), '') AS up_text,
        nullif(regexp_extract(tls_info, 'downstreamTLS: *([^;]*)', 1, 'i'), '') AS down_text,
        lower(action_word) AS action,
        details_word AS reply,
        lower(direction_word) AS way,
        sender_ip,
        CASE WHEN lower(delivered_to) <> 'none' THEN delivered_to END AS delivered_to,
        lower(sender_word) AS sender,
        addresses_of(list_at(item, '$.recipient')) AS recipients,
        subject_word AS subject,
        message_id_word AS message_id,
        mail_id AS session_id,
        try_cast(size_word AS BIGINT) AS size_bytes,
        coalesce(mail_id, message_id_word, concat_ws('|', 'line', timestamp_word, gen_time, sender_word, array_to_string(recipients, ','), subject_word)) AS message_key
    FROM word
),

-- A message to several recipients is one event a recipient; it came in once, and what went to one server by one version went out once.
hop AS (
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
    FROM told
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
    FROM told
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
    md5_number_lower(concat_ws('|', 'trend', kind, message_key, CASE kind WHEN 'out' THEN concat_ws('|', delivered_to, tls_raw, status) END)) AS hop_key,
    NULL AS problem
FROM hop
UNION ALL BY NAME
SELECT
    source_id,
    line_no,
    'the time cannot be read' AS problem
FROM told
WHERE time_utc IS NULL
