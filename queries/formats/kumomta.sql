-- title: KumoMTA logs
-- help: JSON lines of KumoMTA: receptions and deliveries; a delivery tells the TLS version of its session.
-- tells: direction, TLS version, cipher, peer, sender, recipients, status
-- cannot tell: connector, subject, clear text of receptions that log no TLS fields
-- recognise: json type queue site peer_address
-- recognise: json type tls_protocol_version peer_address
-- reader: json
-- system: KumoMTA
-- columns: item
-- into: message
WITH told AS (
    SELECT
        source_id,
        line_no,
        lower(told_at(item, '$.type')) AS kind,
        json_time(coalesce(told_at(item, '$.event_time'), told_at(item, '$.timestamp'))) AS time_utc,
        told_at(item, '$.tls_protocol_version') AS version_text,
        told_at(item, '$.tls_cipher') AS cipher,
        json_type(item, '$.tls_cipher') IS NOT NULL OR json_type(item, '$.tls_protocol_version') IS NOT NULL AS tells_tls,
        told_at(item, '$.peer_address.name') AS peer_host,
        address_of(told_at(item, '$.peer_address.addr')) AS peer_ip,
        lower(told_at(item, '$.sender')) AS sender,
        addresses_of(list_at(item, '$.recipient')) AS recipients,
        concat_ws(' ', told_at(item, '$.response.code'), told_at(item, '$.response.content')) AS reply,
        told_at(item, '$.id') AS message_id,
        told_at(item, '$.session_id') AS session_id,
        told_at(item, '$.egress_source') AS egress_source,
        told_at(item, '$.nodeid') AS server,
        try_cast(told_at(item, '$.size') AS BIGINT) AS size_bytes
    FROM raw
)

SELECT
    source_id,
    line_no,
    time_utc,
    CASE kind WHEN 'reception' THEN 'inbound' WHEN 'rejection' THEN 'inbound' ELSE 'outbound' END AS direction,
    version_text AS tls_raw,
    CASE
        WHEN version_text IS NOT NULL THEN tls_grade(version_text, cipher)
        WHEN cipher IS NOT NULL THEN 'TLS (version unknown)'
        WHEN tells_tls AND kind IN ('delivery', 'reception') AND peer_ip IS NOT NULL THEN 'No TLS'
        ELSE 'Not recorded'
    END AS tls,
    cipher,
    CASE kind
        WHEN 'reception' THEN 'accepted' WHEN 'rejection' THEN 'refused' WHEN 'delivery' THEN 'handed over' WHEN 'bounce' THEN 'bounced' ELSE 'deferred'
    END AS status,
    nullif(reply, '') AS reply,
    'KumoMTA' AS system,
    server,
    egress_source AS service,
    peer_host,
    peer_ip,
    domain_of(CASE WHEN kind IN ('reception', 'rejection') THEN sender ELSE recipients[1] END) AS peer_domain,
    sender,
    recipients,
    message_id,
    session_id,
    size_bytes,
    md5_number_lower(concat_ws('|', 'kumo', kind, message_id, epoch_ms(time_utc), peer_ip, array_to_string(recipients, ';'))) AS hop_key,
    CASE WHEN time_utc IS NULL THEN 'the time cannot be read' END AS problem
FROM told
WHERE kind IN ('reception', 'rejection', 'delivery', 'bounce', 'transientfailure')
