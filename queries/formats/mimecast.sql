-- title: Mimecast logs
-- help: Receipt and delivery events of the SIEM logs (JSON of both API versions): a receipt is the hop in, a delivery the hop out of Mimecast.
-- tells: direction, TLS version, cipher, peer, sender, recipients, route as connector, status
-- cannot tell: HELO, connector type and Forced TLS? (load the settings)
-- recognise: json messageid tlsversion type
-- recognise: json messageid tlsused senderenvelope
-- recognise: json msgid tlsver datetime
-- recognise: json msgid usetls datetime
-- reader: json
-- wrapped in: data
-- system: Mimecast
-- columns: item
-- into: message
WITH told AS (
    SELECT
        source_id,
        line_no,
        json_time(coalesce(told_at(item, '$.timestamp'), told_at(item, '$.datetime'), told_at(item, '$.eventTime'))) AS time_utc,
        lower(coalesce(
            told_at(item, '$.type'),
            CASE WHEN told_at(item, '$.Delivered') IS NOT NULL OR told_at(item, '$.Snt') IS NOT NULL THEN 'delivery' ELSE 'receipt' END
        )) AS kind,
        coalesce(told_at(item, '$.tlsVersion'), told_at(item, '$.TlsVer')) AS version_text,
        coalesce(told_at(item, '$.tlsUsed'), told_at(item, '$.UseTls')) AS used_text,
        coalesce(told_at(item, '$.tlsCipher'), told_at(item, '$.Cphr')) AS cipher,
        coalesce(told_at(item, '$.route'), told_at(item, '$.Route')) AS connector,
        coalesce(told_at(item, '$.senderIp'), told_at(item, '$.destinationIp'), told_at(item, '$.IP')) AS peer_ip,
        coalesce(told_at(item, '$.Hostname'), told_at(item, '$.hostname')) AS peer_host,
        coalesce(told_at(item, '$.senderEnvelope'), told_at(item, '$.Sender')) AS sender,
        addresses_of(coalesce(list_at(item, '$.recipients'), list_at(item, '$.Rcpt'))) AS recipients,
        coalesce(told_at(item, '$.direction'), told_at(item, '$.Dir')) AS way,
        coalesce(told_at(item, '$.action'), told_at(item, '$.Act')) AS action,
        truth_of(coalesce(told_at(item, '$.delivered'), told_at(item, '$.Delivered'))) AS is_delivered,
        coalesce(told_at(item, '$.rejectionInfo'), told_at(item, '$.RejInfo'), told_at(item, '$.deliveryErrors'), told_at(item, '$.Err')) AS reply,
        told_at(item, '$.rejectionType') IS NOT NULL OR told_at(item, '$.RejType') IS NOT NULL AS is_rejected,
        coalesce(told_at(item, '$.subject'), told_at(item, '$.Subject')) AS subject,
        coalesce(told_at(item, '$.messageId'), told_at(item, '$.MsgId')) AS message_id,
        coalesce(told_at(item, '$.aggregateId'), told_at(item, '$.processingId'), told_at(item, '$.aCode')) AS session_id,
        try_cast(coalesce(told_at(item, '$.emailSize'), told_at(item, '$.MsgSize'), told_at(item, '$.Snt')) AS BIGINT) AS size_bytes
    FROM raw
)

SELECT
    source_id,
    line_no,
    time_utc,
    CASE WHEN lower(way) = 'internal' THEN 'internal' WHEN kind = 'receipt' THEN 'inbound' ELSE 'outbound' END AS direction,
    connector,
    coalesce(version_text, used_text) AS tls_raw,
    CASE
        WHEN version_text IS NOT NULL THEN tls_grade(version_text, cipher)
        WHEN truth_of(used_text) THEN 'TLS (version unknown)'
        WHEN NOT truth_of(used_text) THEN 'No TLS'
        ELSE 'Not recorded'
    END AS tls,
    cipher,
    CASE
        WHEN kind = 'receipt' AND (is_rejected OR lower(action) IN ('rej', 'rejected', 'bnc')) THEN 'refused'
        WHEN kind = 'receipt' THEN 'accepted'
        WHEN coalesce(is_delivered, TRUE) THEN 'handed over'
        WHEN is_rejected THEN 'bounced'
        ELSE 'deferred'
    END AS status,
    reply,
    'Mimecast' AS system,
    peer_host,
    peer_ip,
    domain_of(CASE WHEN kind = 'receipt' THEN sender ELSE recipients[1] END) AS peer_domain,
    sender,
    recipients,
    subject,
    message_id,
    session_id,
    size_bytes,
    md5_number_lower(concat_ws('|', 'mimecast', kind, epoch_ms(time_utc), message_id, session_id, peer_ip, array_to_string(recipients, ';'))) AS hop_key,
    CASE WHEN time_utc IS NULL THEN 'the time cannot be read' END AS problem
FROM told
WHERE kind IN ('receipt', 'delivery')
