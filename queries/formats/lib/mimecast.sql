-- title: Mimecast, what an event means
-- help: Receipts and deliveries, whether they are told in JSON or in lines of key=value.

-- The words of an event by which both versions of the API name them: mimecast_hops reads them by their places.
CREATE OR REPLACE MACRO mimecast_paths() AS [
    '$.timestamp', '$.datetime', '$.eventTime', '$.type', '$.tlsVersion', '$.TlsVer', '$.tlsUsed', '$.UseTls', '$.tlsCipher',
    '$.Cphr', '$.route', '$.Route', '$.senderIp', '$.destinationIp', '$.IP', '$.Hostname', '$.hostname', '$.senderEnvelope',
    '$.Sender', '$.direction', '$.Dir', '$.action', '$.Act', '$.delivered', '$.Delivered', '$.rejectionInfo', '$.RejInfo',
    '$.deliveryErrors', '$.Err', '$.rejectionType', '$.RejType', '$.subject', '$.Subject', '$.messageId', '$.MsgId',
    '$.aggregateId', '$.processingId', '$.aCode', '$.emailSize', '$.MsgSize', '$.Snt'
];

-- A line of key=value parted by | without its subject, which may hold what looks like a field: it ends before the last Sender=.
CREATE OR REPLACE MACRO mimecast_fields(line) AS '|' || regexp_replace(line, '\|Subject=.*(\|Sender=)', '\1');

-- A field of such a line, without the backslashes or quotes around some; null is nothing.
CREATE OR REPLACE MACRO mimecast_field(fields, name) AS CASE
    WHEN lower(trim(string_split(split_part(fields, '|' || name || '=', 2), '|')[1], '\" ')) NOT IN ('', 'null')
        THEN trim(string_split(split_part(fields, '|' || name || '=', 2), '|')[1], '\" ')
END;

CREATE OR REPLACE MACRO mimecast_subject(line) AS
nullif(trim(regexp_extract(line, '\|Subject=(.*?)(?:\|(?:headerFrom|Latency|Sender)=|$)', 1), '\" '), '');

-- The hops of events, each with its words, and its recipients.
CREATE OR REPLACE MACRO mimecast_hops(relation) AS TABLE  -- noqa: CP05
WITH told AS (
    SELECT
        source_id,
        line_no,
        json_time(coalesce(words[1], words[2], words[3])) AS time_utc,
        -- The first version names no type. Events of the same logs that tell neither TLS nor a peer and a direction are of what was done inside.
        lower(coalesce(
            words[4],
            CASE
                WHEN words[25] IS NOT NULL OR words[41] IS NOT NULL THEN 'delivery'
                WHEN words[2] IS NULL OR (words[15] IS NOT NULL AND words[21] IS NOT NULL) OR words[6] IS NOT NULL OR words[8] IS NOT NULL THEN 'receipt'
            END
        )) AS kind,
        coalesce(words[5], words[6]) AS version_text,
        coalesce(words[7], words[8]) AS used_text,
        coalesce(words[9], words[10]) AS cipher,
        coalesce(words[11], words[12]) AS connector,
        coalesce(words[13], words[14], words[15]) AS peer_ip,
        coalesce(words[16], words[17]) AS peer_host,
        coalesce(words[18], words[19]) AS sender,
        recipients,
        coalesce(words[20], words[21]) AS way,
        coalesce(words[22], words[23]) AS action,
        boolean_of(coalesce(words[24], words[25])) AS is_delivered,
        coalesce(words[26], words[27], words[28], words[29]) AS reply,
        words[30] IS NOT NULL OR words[31] IS NOT NULL AS is_rejected,
        coalesce(words[32], words[33]) AS subject,
        coalesce(words[34], words[35]) AS message_id,
        coalesce(words[36], words[37], words[38]) AS session_id,
        try_cast(coalesce(words[39], words[40], words[41]) AS BIGINT) AS size_bytes
    FROM query_table(relation)
),

judged AS (
    SELECT
        *,
        CASE WHEN lower(way) = 'internal' THEN 'internal' WHEN kind = 'receipt' THEN 'inbound' ELSE 'outbound' END AS direction,
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
    FROM told
    WHERE kind IN ('receipt', 'delivery')
),

-- Where there is an event a recipient, they are one message at one hop.
hop AS (
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
    FROM judged
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
    md5_number_lower(concat_ws('|', 'mimecast', kind, direction, message_key, peer_ip, connector, tls_raw, status)) AS hop_key,
    NULL AS problem
FROM hop
UNION ALL BY NAME
SELECT
    source_id,
    line_no,
    'the time cannot be read' AS problem
FROM judged
WHERE time_utc IS NULL;
