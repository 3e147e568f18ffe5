-- title: Mimecast: hops
-- help: Receipts and deliveries, from JSON events or from lines of key=value.

-- Return the JSON paths of an event in both versions of the API; mimecast_hops reads the values by position.
CREATE OR REPLACE MACRO mimecast_paths() AS [
    '$.timestamp', '$.datetime', '$.eventTime', '$.type', '$.tlsVersion', '$.TlsVer', '$.tlsUsed', '$.UseTls', '$.tlsCipher',
    '$.Cphr', '$.route', '$.Route', '$.senderIp', '$.destinationIp', '$.IP', '$.Hostname', '$.hostname', '$.senderEnvelope',
    '$.Sender', '$.direction', '$.Dir', '$.action', '$.Act', '$.delivered', '$.Delivered', '$.rejectionInfo', '$.RejInfo',
    '$.deliveryErrors', '$.Err', '$.rejectionType', '$.RejType', '$.subject', '$.Subject', '$.messageId', '$.MsgId',
    '$.aggregateId', '$.processingId', '$.aCode', '$.emailSize', '$.MsgSize', '$.Snt'
];

-- Return a line of key=value separated by | without its subject, which may contain text like a field: it ends before the last Sender=.
CREATE OR REPLACE MACRO mimecast_fields(line) AS '|' || regexp_replace(line, '\|Subject=.*(\|Sender=)', '\1');

-- Return the value of a field of such a line, without surrounding backslashes and quotes; NULL for an empty value or null.
CREATE OR REPLACE MACRO mimecast_field(fields, field_name) AS CASE
    WHEN lower(trim(string_split(split_part(fields, '|' || field_name || '=', 2), '|')[1], '\" ')) NOT IN ('', 'null')
        THEN trim(string_split(split_part(fields, '|' || field_name || '=', 2), '|')[1], '\" ')
END;

CREATE OR REPLACE MACRO mimecast_subject(line) AS
nullif(trim(regexp_extract(line, '\|Subject=(.*?)(?:\|(?:headerFrom|Latency|Sender)=|$)', 1), '\" '), '');

-- Return the hops of events; `texts` has the values of mimecast_paths, `recipients` the recipients.
CREATE OR REPLACE MACRO mimecast_hops(relation) AS TABLE  -- noqa: CP05
WITH events AS (
    SELECT
        source_id,
        line_no,
        json_time(coalesce(texts[1], texts[2], texts[3])) AS time_utc,
        -- The first version has no type. Events without TLS and without a peer and a direction are of internal processing.
        lower(coalesce(
            texts[4],
            CASE
                WHEN texts[25] IS NOT NULL OR texts[41] IS NOT NULL THEN 'delivery'
                WHEN texts[2] IS NULL OR (texts[15] IS NOT NULL AND texts[21] IS NOT NULL) OR texts[6] IS NOT NULL OR texts[8] IS NOT NULL THEN 'receipt'
            END
        )) AS kind,
        coalesce(texts[5], texts[6]) AS version_text,
        coalesce(texts[7], texts[8]) AS used_text,
        coalesce(texts[9], texts[10]) AS cipher,
        coalesce(texts[11], texts[12]) AS connector,
        coalesce(texts[13], texts[14], texts[15]) AS peer_ip,
        coalesce(texts[16], texts[17]) AS peer_host,
        coalesce(texts[18], texts[19]) AS sender,
        recipients,
        coalesce(texts[20], texts[21]) AS direction_text,
        coalesce(texts[22], texts[23]) AS action,
        boolean_of(coalesce(texts[24], texts[25])) AS is_delivered,
        coalesce(texts[26], texts[27], texts[28], texts[29]) AS reply,
        texts[30] IS NOT NULL OR texts[31] IS NOT NULL AS is_rejected,
        coalesce(texts[32], texts[33]) AS subject,
        coalesce(texts[34], texts[35]) AS message_id,
        coalesce(texts[36], texts[37], texts[38]) AS session_id,
        try_cast(coalesce(texts[39], texts[40], texts[41]) AS BIGINT) AS size_bytes
    FROM query_table(relation)
),

classified_events AS (
    SELECT
        *,
        CASE WHEN lower(direction_text) = 'internal' THEN 'internal' WHEN kind = 'receipt' THEN 'inbound' ELSE 'outbound' END AS direction,
        coalesce(version_text, used_text) AS tls_raw,
        CASE
            WHEN version_text IS NOT NULL THEN tls_grade(version_text, cipher)
            WHEN boolean_of(used_text) THEN 'TLS (version unknown)'
            WHEN NOT boolean_of(used_text) THEN 'No TLS'
            ELSE 'Not recorded'
        END AS tls,
        CASE
            WHEN kind = 'receipt' AND (is_rejected OR lower(action) IN ('rej', 'rejected', 'bnc')) THEN 'rejected'
            WHEN kind = 'receipt' THEN 'accepted'
            WHEN coalesce(is_delivered, TRUE) THEN 'delivered'
            WHEN is_rejected THEN 'bounced'
            ELSE 'deferred'
        END AS status,
        coalesce(session_id, message_id, concat_ws('|', epoch_ms(time_utc), sender, array_to_string(recipients, ';'))) AS message_key
    FROM events
    WHERE kind IN ('receipt', 'delivery')
),

-- Several events, one per recipient, are one message at one hop.
hops AS (
    SELECT
        source_id,
        min(line_no) AS line_no,
        min(time_utc) AS time_utc,
        kind,
        direction,
        connector,
        tls_raw,
        tls,
        status,
        peer_ip,
        message_key,
        min(cipher) AS cipher,
        min(reply) AS reply,
        min(peer_host) AS peer_host,
        min(sender) AS sender,
        all_recipients(recipients) AS recipients,
        min(subject) AS subject,
        min(message_id) AS message_id,
        min(session_id) AS session_id,
        max(size_bytes) AS size_bytes
    FROM classified_events
    WHERE time_utc IS NOT NULL
    GROUP BY source_id, kind, direction, connector, tls_raw, tls, status, peer_ip, message_key
)

SELECT
    source_id,
    line_no,
    time_utc,
    direction,
    connector,
    tls_raw,
    tls,
    cipher,
    status,
    reply,
    'Mimecast' AS system,
    peer_host,
    peer_ip,
    CASE WHEN kind = 'receipt' THEN domain_of(sender) ELSE recipient_domain(recipients) END AS peer_domain,
    sender,
    recipients,
    subject,
    message_id,
    session_id,
    size_bytes,
    md5_number_lower(concat_ws('|', 'mimecast', kind, direction, message_key, peer_ip, connector, tls_raw, status_in_key(status))) AS hop_key,
    NULL AS problem
FROM hops
UNION ALL BY NAME
SELECT
    source_id,
    line_no,
    'the time cannot be read' AS problem
FROM classified_events
WHERE time_utc IS NULL;
