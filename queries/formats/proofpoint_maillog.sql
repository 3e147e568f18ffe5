-- title: Proofpoint on Demand, maillog events
-- help: The maillog objects of the PoD log stream, which are Sendmail's lines: what each queue id was handed to, and how. What came in stands in the message events, or in the from= lines here.
-- tells: direction, TLS version, cipher, verification, peer, sender, recipients, status
-- cannot tell: connector, subject
-- recognise: json sm pps data
-- recognise: json sm tls ts
-- reader: json
-- system: Proofpoint
-- columns: item
-- settle: steps back
-- into: message
WITH told AS (
    SELECT
        source_id,
        line_no,
        json_time(told_at(item, '$.ts')) AS time_utc,
        told_at(item, '$.sm.qid') AS queue_id,
        told_at(item, '$.tls.version') AS version_text,
        told_at(item, '$.tls.cipher') AS cipher,
        told_at(item, '$.tls.verify') AS verified,
        told_at(item, '$.sm.stat') AS stat,
        told_at(item, '$.sm.dsn') AS dsn,
        lower(told_at(item, '$.sm.mailer')) AS mailer,
        told_at(item, '$.sm.daemon') AS daemon,
        told_at(item, '$.sm.relay') AS relay,
        json_type(item, '$.sm.from') IS NOT NULL AS is_from,
        addresses_of([item ->> '$.sm.from'])[1] AS sender,
        addresses_of(list_at(item, '$.sm.to')) AS recipients,
        told_at(item, '$.sm.msgid') AS message_id,
        try_cast(told_at(item, '$.sm.sizeBytes') AS BIGINT) AS size_bytes,
        told_at(item, '$.pps.agent') AS server,
        item ->> '$.data' AS data
    FROM raw
),

begun AS (
    SELECT
        queue_id,
        any_value(sender) AS sender,
        any_value(message_id) AS message_id,
        max(size_bytes) AS size_bytes
    FROM told
    WHERE is_from
    GROUP BY queue_id
),

hop AS (
    SELECT
        told.*,
        nullif(regexp_replace(split_part(told.relay, ' ', 1), '\.$', ''), '') AS relay_host,
        address_of(regexp_extract(told.relay, '\[([^\]]+)\]', 1)) AS relay_ip,
        coalesce(told.mailer LIKE '%file%' OR told.mailer IN ('local', 'prog', 'discard'), FALSE) AS is_local
    FROM told
    WHERE told.queue_id IS NOT NULL
)

SELECT
    hop.source_id,
    hop.line_no,
    hop.time_utc,
    CASE
        WHEN hop.is_local OR hop.relay_ip LIKE '127.%' OR hop.relay_ip = '::1' THEN 'internal'
        WHEN hop.is_from THEN 'inbound'
        ELSE 'outbound'
    END AS direction,
    hop.version_text AS tls_raw,
    tls_grade(hop.version_text, hop.cipher) AS tls,
    CASE WHEN upper(hop.cipher) <> 'NONE' THEN hop.cipher END AS cipher,
    hop.verified,
    CASE
        WHEN hop.is_from THEN 'accepted'
        WHEN hop.stat ILIKE 'sent%' THEN 'handed over'
        WHEN hop.stat ILIKE 'deferred%' OR hop.dsn LIKE '4%' THEN 'deferred'
        ELSE 'bounced'
    END AS status,
    hop.stat AS reply,
    'Proofpoint' AS system,
    hop.server,
    CASE WHEN hop.relay_host NOT LIKE '[%' THEN hop.relay_host END AS peer_host,
    hop.relay_ip AS peer_ip,
    domain_of(CASE WHEN hop.is_from THEN hop.sender ELSE hop.recipients[1] END) AS peer_domain,
    coalesce(hop.sender, begun.sender) AS sender,
    hop.recipients,
    coalesce(hop.message_id, begun.message_id) AS message_id,
    hop.queue_id AS session_id,
    coalesce(hop.size_bytes, begun.size_bytes) AS size_bytes,
    md5_number_lower(concat_ws('|', 'pps', hop.queue_id, hop.is_from, epoch_ms(hop.time_utc), hop.relay, array_to_string(hop.recipients, ';'))) AS hop_key,
    CASE WHEN hop.time_utc IS NULL THEN 'the time cannot be read' END AS problem
FROM hop
LEFT JOIN begun ON hop.queue_id = begun.queue_id
