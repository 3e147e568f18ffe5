-- title: Proofpoint on Demand, message events
-- help: The message objects of the PoD log stream: the incoming hop of each message, with its TLS version. The maillog objects record its delivery.
-- provides: direction, TLS version, cipher, peer, HELO, sender, recipients, subject, route as connector
-- lacks: the outgoing hop (load the maillog events)
-- tls_from: the maillog events
-- recognise: json connection envelope filter pps
-- recognise: json connection envelope filter guid
-- reader: json
-- system: Proofpoint
-- columns: item
-- into: message
WITH item_texts AS (
    SELECT
        source_id,
        line_no,
        item,
        texts_at(item, [
            '$.ts', '$.metadata.ts', '$.connection.tls.inbound.version', '$.connection.tls.inbound.cipher', '$.connection.host',
            '$.connection.helo', '$.connection.ip', '$.filter.routeDirection', '$.filter.disposition', '$.filter.routes[0]', '$.filter.qid',
            '$.envelope.from', '$.msg.normalizedHeader.subject[0]', '$.msg.header.subject[0]', '$.msg.normalizedHeader."message-id"[0]',
            '$.msg.header."message-id"[0]', '$.msg.sizeBytes', '$.pps.agent', '$.guid'
        ]) AS texts
    FROM raw
),

item_fields AS (
    SELECT
        source_id,
        line_no,
        item,
        texts[1] AS ts_word,
        texts[2] AS metadata_ts,
        texts[3] AS connection_tls_inbound_version,
        texts[4] AS connection_tls_inbound_cipher,
        texts[5] AS connection_host,
        texts[6] AS connection_helo,
        texts[7] AS connection_ip,
        texts[8] AS filter_route_direction,
        texts[9] AS filter_disposition,
        texts[10] AS filter_routes_0,
        texts[11] AS filter_qid,
        texts[12] AS envelope_from,
        texts[13] AS msg_normalized_header_subject_0,
        texts[14] AS msg_header_subject_0,
        texts[15] AS msg_normalized_header_message_id_0,
        texts[16] AS msg_header_message_id_0,
        texts[17] AS msg_size_bytes,
        texts[18] AS pps_agent,
        texts[19] AS guid_word
    FROM item_texts
),

events AS (
    SELECT
        source_id,
        line_no,
        json_time(coalesce(ts_word, metadata_ts)) AS time_utc,
        connection_tls_inbound_version AS version_text,
        connection_tls_inbound_cipher AS cipher,
        json_type(item, '$.connection.tls.inbound') IS NOT NULL AS has_tls_fields,
        connection_host AS peer_host,
        connection_helo AS helo,
        address_of(connection_ip) AS peer_ip,
        coalesce(filter_route_direction, 'unknown') AS recorded_direction,
        filter_disposition AS disposition,
        filter_routes_0 AS connector,
        filter_qid AS queue_id,
        addresses_of([envelope_from])[1] AS sender,
        addresses_of(list_at(item, '$.envelope.rcpts')) AS recipients,
        coalesce(msg_normalized_header_subject_0, msg_header_subject_0) AS subject,
        coalesce(msg_normalized_header_message_id_0, msg_header_message_id_0) AS message_id,
        try_cast(msg_size_bytes AS BIGINT) AS size_bytes,
        pps_agent AS server,
        guid_word AS guid
    FROM item_fields
)

SELECT
    source_id,
    line_no,
    time_utc,
    CASE WHEN lower(recorded_direction) = 'internal' THEN 'internal' ELSE 'inbound' END AS direction,
    connector,
    version_text AS tls_raw,
    CASE WHEN version_text IS NOT NULL THEN tls_grade(version_text, cipher) WHEN has_tls_fields THEN 'No TLS' ELSE 'Not recorded' END AS tls,
    CASE WHEN upper(cipher) <> 'NONE' THEN cipher END AS cipher,
    CASE WHEN lower(disposition) LIKE '%reject%' THEN 'rejected' WHEN lower(disposition) LIKE '%retry%' THEN 'deferred' ELSE 'accepted' END AS status,
    'Proofpoint' AS system,
    server,
    peer_host,
    helo,
    peer_ip,
    domain_of(sender) AS peer_domain,
    sender,
    recipients,
    subject,
    message_id,
    queue_id AS session_id,
    size_bytes,
    md5_number_lower(concat_ws('|', 'proofpoint', coalesce(guid, queue_id), epoch_ms(time_utc), peer_ip)) AS hop_key,
    CASE WHEN time_utc IS NULL THEN 'the time cannot be read' END AS problem
FROM events
