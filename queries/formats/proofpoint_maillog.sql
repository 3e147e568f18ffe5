-- title: Proofpoint on Demand, maillog events
-- help: The maillog objects of the PoD log stream, which are Sendmail's lines: what each queue id was handed to, and how. What came in stands in the message events, or in the from= lines here.
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
WITH spelt AS (
    SELECT
        source_id,
        line_no,
        item,
        texts_at(item, [
            '$.ts', '$.sm.qid', '$.tls.version', '$.tls.cipher', '$.tls.verify', '$.sm.stat', '$.sm.dsn', '$.sm.mailer', '$.sm.daemon',
            '$.sm.relay', '$.sm.msgid', '$.sm.sizeBytes', '$.pps.agent'
        ]) AS words
    FROM raw
),

word AS (
    SELECT
        source_id,
        line_no,
        item,
        words[1] AS ts_word,
        words[2] AS sm_qid,
        words[3] AS tls_version,
        words[4] AS tls_cipher,
        words[5] AS tls_verify,
        words[6] AS sm_stat,
        words[7] AS sm_dsn,
        words[8] AS sm_mailer,
        words[9] AS sm_daemon,
        words[10] AS sm_relay,
        words[11] AS sm_msgid,
        words[12] AS sm_size_bytes,
        words[13] AS pps_agent
    FROM spelt
),

told AS (
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
    FROM word
),

begun AS (
    SELECT
        queue_id,
        min(sender) AS sender,
        min(message_id) AS message_id,
        max(size_bytes) AS size_bytes
    FROM told
    WHERE is_from
    GROUP BY queue_id
),

hop AS (
    SELECT
        told.*,
        nullif(regexp_replace(string_split(told.relay, ' ')[1], '\.$', ''), '') AS relay_host,
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
        WHEN hop.stat ILIKE 'sent%' THEN 'delivered'
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
