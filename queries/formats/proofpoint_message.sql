-- title: Proofpoint on Demand, message events
-- help: The message objects of the PoD log stream: the hop by which a message came in, with its TLS version. What becomes of it afterwards stands in the maillog objects.
-- provides: direction, TLS version, cipher, peer, HELO, sender, recipients, subject, route as connector
-- lacks: the hop out (load the maillog events)
-- tls_from: the maillog events
-- recognise: json connection envelope filter pps
-- recognise: json connection envelope filter guid
-- reader: json
-- system: Proofpoint
-- columns: item
-- into: message
WITH spelt AS (
    SELECT
        source_id,
        line_no,
        item,
        texts_at(item, [
            '$.ts', '$.metadata.ts', '$.connection.tls.inbound.version', '$.connection.tls.inbound.cipher', '$.connection.host',
            '$.connection.helo', '$.connection.ip', '$.filter.routeDirection', '$.filter.disposition', '$.filter.routes[0]', '$.filter.qid',
            '$.envelope.from', '$.msg.normalizedHeader.subject[0]', '$.msg.header.subject[0]', '$.msg.normalizedHeader."message-id"[0]',
            '$.msg.header."message-id"[0]', '$.msg.sizeBytes', '$.pps.agent', '$.guid'
        ]) AS words
    FROM raw
),

word AS (
    SELECT
        source_id,
        line_no,
        item,
        words[1] AS ts_word,
        words[2] AS metadata_ts,
        words[3] AS connection_tls_inbound_version,
        words[4] AS connection_tls_inbound_cipher,
        words[5] AS connection_host,
        words[6] AS connection_helo,
        words[7] AS connection_ip,
        words[8] AS filter_route_direction,
        words[9] AS filter_disposition,
        words[10] AS filter_routes_0,
        words[11] AS filter_qid,
        words[12] AS envelope_from,
        words[13] AS msg_normalized_header_subject_0,
        words[14] AS msg_header_subject_0,
        words[15] AS msg_normalized_header_message_id_0,
        words[16] AS msg_header_message_id_0,
        words[17] AS msg_size_bytes,
        words[18] AS pps_agent,
        words[19] AS guid_word
    FROM spelt
),

told AS (
    SELECT
        source_id,
        line_no,
        json_time(coalesce(ts_word, metadata_ts)) AS time_utc,
        connection_tls_inbound_version AS version_text,
        connection_tls_inbound_cipher AS cipher,
        json_type(item, '$.connection.tls.inbound') IS NOT NULL AS tells_tls,
        connection_host AS peer_host,
        connection_helo AS helo,
        address_of(connection_ip) AS peer_ip,
        coalesce(filter_route_direction, 'unknown') AS way,
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
    FROM word
)

SELECT
    source_id,
    line_no,
    time_utc,
    CASE WHEN lower(way) = 'internal' THEN 'internal' ELSE 'inbound' END AS direction,
    connector,
    version_text AS tls_raw,
    CASE WHEN version_text IS NOT NULL THEN tls_grade(version_text, cipher) WHEN tells_tls THEN 'No TLS' ELSE 'Not recorded' END AS tls,
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
FROM told
