-- title: Trend Micro Email Security logs
-- help: Mail tracking as JSON: the upstream hop came in, the downstream hop was delivered; each event tells both.
-- tells: direction, TLS version of each hop, peer, sender, recipients, subject, status
-- cannot tell: cipher, connector, HELO
-- recognise: json tlsinfo mailid
-- reader: json
-- wrapped in: logs
-- system: Trend Micro
-- columns: item
-- into: message
WITH told AS MATERIALIZED (
    SELECT
        source_id,
        line_no,
        json_time(coalesce(told_at(item, '$.timestamp'), told_at(item, '$.genTime'))) AS time_utc,
        json_time(coalesce(told_at(item, '$.deliveryTime'), told_at(item, '$.genTime'), told_at(item, '$.timestamp'))) AS delivered_utc,
        nullif(regexp_extract(told_at(item, '$.tlsInfo'), 'upstreamTLS: *([^;]*)', 1, 'i'), '') AS up_text,
        nullif(regexp_extract(told_at(item, '$.tlsInfo'), 'downstreamTLS: *([^;]*)', 1, 'i'), '') AS down_text,
        lower(told_at(item, '$.action')) AS action,
        told_at(item, '$.details') AS reply,
        lower(told_at(item, '$.direction')) AS way,
        told_at(item, '$.senderIP') AS sender_ip,
        CASE WHEN lower(told_at(item, '$.deliveredTo')) <> 'none' THEN told_at(item, '$.deliveredTo') END AS delivered_to,
        lower(told_at(item, '$.sender')) AS sender,
        addresses_of(list_at(item, '$.recipient')) AS recipients,
        told_at(item, '$.subject') AS subject,
        told_at(item, '$.messageID') AS message_id,
        told_at(item, '$.mailID') AS session_id,
        try_cast(told_at(item, '$.size') AS BIGINT) AS size_bytes,
        coalesce(told_at(item, '$.mailID'), told_at(item, '$.messageID'), 'line ' || source_id || ' ' || line_no) AS message_key
    FROM raw
),

-- A message to several recipients is one event a recipient; it came in once, and what went to one server by one version went out once.
hop AS (
    SELECT
        arg_min(source_id, line_no) AS source_id,
        min(line_no) AS line_no,
        min(time_utc) AS time_utc,
        'in' AS kind,
        arg_min(up_text, line_no) AS tls_raw,
        NULL AS delivered_to,
        CASE WHEN bool_and(action IN ('rejected', 'blocked')) THEN 'refused' ELSE 'accepted' END AS status,
        list_distinct(flatten(list(recipients ORDER BY line_no))) AS recipients,
        message_key,
        any_value(reply) AS reply,
        any_value(sender_ip) AS sender_ip,
        any_value(sender) AS sender,
        any_value(subject) AS subject,
        any_value(message_id) AS message_id,
        any_value(session_id) AS session_id,
        max(size_bytes) AS size_bytes
    FROM told
    WHERE time_utc IS NOT NULL
    GROUP BY message_key
    UNION ALL BY NAME
    SELECT
        arg_min(source_id, line_no) AS source_id,
        min(line_no) AS line_no,
        min(delivered_utc) AS time_utc,
        'out' AS kind,
        down_text AS tls_raw,
        delivered_to,
        CASE action WHEN 'delivered' THEN 'handed over' WHEN 'bounced' THEN 'bounced' ELSE 'deferred' END AS status,
        list_distinct(flatten(list(recipients ORDER BY line_no))) AS recipients,
        message_key,
        any_value(reply) AS reply,
        any_value(sender) AS sender,
        any_value(subject) AS subject,
        any_value(message_id) AS message_id,
        any_value(session_id) AS session_id,
        max(size_bytes) AS size_bytes
    FROM told
    WHERE time_utc IS NOT NULL AND (delivered_to IS NOT NULL OR action IN ('delivered', 'bounced', 'deferred', 'temporary delivery error'))
    GROUP BY message_key, delivered_to, down_text, action
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
    domain_of(CASE kind WHEN 'in' THEN sender ELSE recipients[1] END) AS peer_domain,
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
