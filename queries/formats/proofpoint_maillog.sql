-- title: Proofpoint on Demand, maillog events
-- help: The maillog objects of the PoD log stream, which are Sendmail's lines: the deliveries of each queue id. Incoming mail is in the message events, or in the from= lines here.
-- provides: direction, TLS version, cipher, verification, peer, sender, recipients, status
-- lacks: connector, subject
-- recognise: json sm pps data
-- recognise: json sm tls ts
-- reader: json
-- system: Proofpoint
-- columns: item
-- stage: proofpoint_events
-- pending: proofpoint_messages
-- superseded_by: logs
-- connectors_from_settings: yes
-- into: message
WITH item_texts AS (
    SELECT
        source_id,
        line_no,
        item,
        texts_at(item, [
            '$.ts', '$.sm.qid', '$.tls.version', '$.tls.cipher', '$.tls.verify', '$.sm.stat', '$.sm.dsn', '$.sm.mailer', '$.sm.daemon',
            '$.sm.relay', '$.sm.msgid', '$.sm.sizeBytes', '$.pps.agent'
        ]) AS texts
    FROM raw
),

item_fields AS (
    SELECT
        source_id,
        line_no,
        item,
        texts[1] AS ts_word,
        texts[2] AS sm_qid,
        texts[3] AS tls_version,
        texts[4] AS tls_cipher,
        texts[5] AS tls_verify,
        texts[6] AS sm_stat,
        texts[7] AS sm_dsn,
        texts[8] AS sm_mailer,
        texts[9] AS sm_daemon,
        texts[10] AS sm_relay,
        texts[11] AS sm_msgid,
        texts[12] AS sm_size_bytes,
        texts[13] AS pps_agent
    FROM item_texts
),

events AS (
    SELECT
        source_id,
        line_no,
        json_time(ts_word) AS time_utc,
        sm_qid AS queue_id,
        tls_version AS version_text,
        tls_cipher AS cipher,
        tls_verify AS verified,
        sm_stat AS stat,
        sm_dsn AS dsn,
        lower(sm_mailer) AS mailer,
        sm_daemon AS daemon,
        sm_relay AS relay,
        json_type(item, '$.sm.from') IS NOT NULL AS is_from,
        addresses_of([item ->> '$.sm.from'])[1] AS sender,
        addresses_of(list_at(item, '$.sm.to')) AS recipients,
        sm_msgid AS message_id,
        try_cast(sm_size_bytes AS BIGINT) AS size_bytes,
        pps_agent AS server,
        item ->> '$.data' AS data
    FROM item_fields
),

messages AS (
    SELECT
        queue_id,
        min(sender) AS sender,
        min(message_id) AS message_id,
        max(size_bytes) AS size_bytes
    FROM events
    WHERE is_from
    GROUP BY queue_id
),

hops AS (
    SELECT
        events.*,
        nullif(regexp_replace(string_split(events.relay, ' ')[1], '\.$', ''), '') AS relay_host,
        address_of(regexp_extract(events.relay, '\[([^\]]+)\]', 1)) AS relay_ip,
        coalesce(events.mailer LIKE '%file%' OR events.mailer IN ('local', 'prog', 'discard'), FALSE) AS is_local
    FROM events
    WHERE events.queue_id IS NOT NULL
)

SELECT
    hops.source_id,
    hops.line_no,
    hops.time_utc,
    CASE
        WHEN hops.is_local OR hops.relay_ip LIKE '127.%' OR hops.relay_ip = '::1' THEN 'internal'
        WHEN hops.is_from THEN 'inbound'
        ELSE 'outbound'
    END AS direction,
    hops.version_text AS tls_raw,
    tls_grade(hops.version_text, hops.cipher) AS tls,
    CASE WHEN upper(hops.cipher) <> 'NONE' THEN hops.cipher END AS cipher,
    hops.verified,
    CASE
        WHEN hops.is_from THEN 'accepted'
        WHEN hops.stat ILIKE 'sent%' THEN 'delivered'
        WHEN hops.stat ILIKE 'deferred%' OR hops.dsn LIKE '4%' THEN 'deferred'
        ELSE 'bounced'
    END AS status,
    hops.stat AS reply,
    'Proofpoint' AS system,
    hops.server,
    CASE WHEN hops.relay_host NOT LIKE '[%' THEN hops.relay_host END AS peer_host,
    hops.relay_ip AS peer_ip,
    domain_of(CASE WHEN hops.is_from THEN hops.sender ELSE hops.recipients[1] END) AS peer_domain,
    coalesce(hops.sender, messages.sender) AS sender,
    hops.recipients,
    coalesce(hops.message_id, messages.message_id) AS message_id,
    hops.queue_id AS session_id,
    coalesce(hops.size_bytes, messages.size_bytes) AS size_bytes,
    md5_number_lower(concat_ws('|', 'pps', hops.queue_id, hops.is_from, epoch_ms(hops.time_utc), hops.relay, array_to_string(hops.recipients, ';'))) AS hop_key,
    CASE WHEN hops.time_utc IS NULL THEN 'the time cannot be read' END AS problem
FROM hops
LEFT JOIN messages ON hops.queue_id = messages.queue_id
