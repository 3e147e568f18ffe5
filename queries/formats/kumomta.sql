-- title: KumoMTA logs
-- help: JSON lines of KumoMTA: receptions and deliveries; a delivery records the TLS version of its session.
-- provides: direction, TLS version, cipher, peer, sender, recipients, status
-- lacks: connector, subject, clear text of received mail whose records have no TLS fields
-- recognise: json type queue site peer_address
-- recognise: json type tls_protocol_version peer_address
-- reader: json
-- system: KumoMTA
-- columns: item
-- connectors_from_settings: yes
-- into: message
WITH item_texts AS (
    SELECT
        source_id,
        line_no,
        item,
        texts_at(item, [
            '$.type', '$.event_time', '$.timestamp', '$.tls_protocol_version', '$.tls_cipher', '$.peer_address.name', '$.peer_address.addr',
            '$.sender', '$.response.code', '$.response.content', '$.id', '$.session_id', '$.egress_source', '$.nodeid', '$.size'
        ]) AS texts
    FROM raw
),

item_fields AS (
    SELECT
        source_id,
        line_no,
        item,
        texts[1] AS type_word,
        texts[2] AS event_time,
        texts[3] AS timestamp_word,
        texts[4] AS tls_protocol_version,
        texts[5] AS tls_cipher,
        texts[6] AS peer_address_name,
        texts[7] AS peer_address_addr,
        texts[8] AS sender_word,
        texts[9] AS response_code,
        texts[10] AS response_content,
        texts[11] AS id_word,
        texts[12] AS session_id_word,
        texts[13] AS egress_source,
        texts[14] AS nodeid,
        texts[15] AS size_word
    FROM item_texts
),

records AS (
    SELECT
        source_id,
        line_no,
        lower(type_word) AS kind,
        json_time(coalesce(event_time, timestamp_word)) AS time_utc,
        tls_protocol_version AS version_text,
        tls_cipher AS cipher,
        json_type(item, '$.tls_cipher') IS NOT NULL OR json_type(item, '$.tls_protocol_version') IS NOT NULL AS has_tls_fields,
        nullif(rtrim(peer_address_name, '.'), '') AS peer_host,
        address_of(peer_address_addr) AS peer_ip,
        lower(sender_word) AS sender,
        addresses_of(list_at(item, '$.recipient')) AS recipients,
        concat_ws(' ', response_code, response_content) AS reply,
        id_word AS message_id,
        session_id_word AS session_id,
        egress_source,
        nodeid AS server,
        try_cast(size_word AS BIGINT) AS size_bytes
    FROM item_fields
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
        WHEN has_tls_fields AND kind IN ('delivery', 'reception') AND peer_ip IS NOT NULL THEN 'No TLS'
        ELSE 'Not recorded'
    END AS tls,
    cipher,
    CASE kind
        WHEN 'reception' THEN 'accepted' WHEN 'rejection' THEN 'rejected' WHEN 'delivery' THEN 'delivered' WHEN 'bounce' THEN 'bounced' ELSE 'deferred'
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
FROM records
WHERE kind IN ('reception', 'rejection', 'delivery', 'bounce', 'transientfailure')
