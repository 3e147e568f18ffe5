-- title: Proofpoint on Demand, message events
-- help: The message objects of the PoD log stream: the hop by which a message came in, with its TLS version. What becomes of it afterwards stands in the maillog objects.
-- tells: direction, TLS version, cipher, peer, HELO, sender, recipients, subject, route as connector
-- cannot tell: the hop out (load the maillog events)
-- tls is in: the maillog events
-- recognise: json connection envelope filter pps
-- recognise: json connection envelope filter guid
-- reader: json
-- system: Proofpoint
-- columns: item
-- into: message
WITH told AS (
    SELECT
        source_id,
        line_no,
        json_time(coalesce(told_at(item, '$.ts'), told_at(item, '$.metadata.ts'))) AS time_utc,
        told_at(item, '$.connection.tls.inbound.version') AS version_text,
        told_at(item, '$.connection.tls.inbound.cipher') AS cipher,
        json_type(item, '$.connection.tls.inbound') IS NOT NULL AS tells_tls,
        told_at(item, '$.connection.host') AS peer_host,
        told_at(item, '$.connection.helo') AS helo,
        address_of(told_at(item, '$.connection.ip')) AS peer_ip,
        coalesce(told_at(item, '$.filter.routeDirection'), 'unknown') AS way,
        told_at(item, '$.filter.disposition') AS disposition,
        told_at(item, '$.filter.routes[0]') AS connector,
        told_at(item, '$.filter.qid') AS queue_id,
        addresses_of([told_at(item, '$.envelope.from')])[1] AS sender,
        addresses_of(list_at(item, '$.envelope.rcpts')) AS recipients,
        coalesce(told_at(item, '$.msg.normalizedHeader.subject[0]'), told_at(item, '$.msg.header.subject[0]')) AS subject,
        coalesce(told_at(item, '$.msg.normalizedHeader."message-id"[0]'), told_at(item, '$.msg.header."message-id"[0]')) AS message_id,
        try_cast(told_at(item, '$.msg.sizeBytes') AS BIGINT) AS size_bytes,
        told_at(item, '$.pps.agent') AS server,
        told_at(item, '$.guid') AS guid
    FROM raw
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
    CASE WHEN lower(disposition) LIKE '%reject%' THEN 'refused' WHEN lower(disposition) LIKE '%retry%' THEN 'deferred' ELSE 'accepted' END AS status,
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
