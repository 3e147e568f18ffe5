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
WITH told AS (
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
        try_cast(told_at(item, '$.size') AS BIGINT) AS size_bytes
    FROM raw
),

-- A message to several recipients is one event a recipient; it came in once.
received AS (
    SELECT *
    FROM told
    QUALIFY row_number() OVER (PARTITION BY coalesce(session_id, message_id), sender_ip ORDER BY time_utc, line_no) = 1
),

hop AS (
    SELECT source_id, line_no, 'in' AS kind, time_utc, up_text AS tls_raw, NULL AS delivered_to, recipients, * EXCLUDE (source_id, line_no, time_utc, delivered_to, recipients)
    FROM received
    UNION ALL BY NAME
    SELECT source_id, line_no, 'out' AS kind, delivered_utc AS time_utc, down_text AS tls_raw, delivered_to, recipients, * EXCLUDE (source_id, line_no, time_utc, delivered_to, recipients)
    FROM told
    WHERE delivered_to IS NOT NULL OR action IN ('delivered', 'bounced', 'deferred', 'temporary delivery error')
)

SELECT
    source_id,
    line_no,
    time_utc,
    CASE kind WHEN 'in' THEN 'inbound' ELSE 'outbound' END AS direction,
    tls_raw,
    tls_grade(tls_raw, NULL) AS tls,
    CASE
        WHEN kind = 'in' THEN CASE WHEN action IN ('rejected', 'blocked') THEN 'refused' ELSE 'accepted' END
        WHEN action = 'delivered' THEN 'handed over'
        WHEN action = 'bounced' THEN 'bounced'
        ELSE 'deferred'
    END AS status,
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
    md5_number_lower(concat_ws('|', 'trend', kind, coalesce(session_id, message_id), CASE kind WHEN 'in' THEN sender_ip ELSE delivered_to END,
        CASE kind WHEN 'out' THEN array_to_string(recipients, ';') END, CASE kind WHEN 'out' THEN epoch_ms(time_utc) END)) AS hop_key,
    CASE WHEN time_utc IS NULL THEN 'the time cannot be read' END AS problem
FROM hop
