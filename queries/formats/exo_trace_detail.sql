-- title: Exchange Online message trace details
-- help: Get-MessageTraceDetail and Get-MessageTraceDetailV2 as CSV or JSON, and the details of Microsoft Graph: one row per event. The message trace has sender and recipients; load both.
-- provides: direction, connector, TLS version, cipher, peer, one hop per receive and per send
-- lacks: sender, recipients (load the message trace too), clear text (an event without a TLS version is Not recorded)
-- tls_from: the admin centre's inbound and outbound messages reports
-- recognise: header messagetraceid|message_trace_id event detail
-- recognise: json messagetraceid event detail
-- recognise: json messageid event description datetime
-- reader: csv
-- system: Exchange Online
-- columns: date, datetime, messageid, messagetraceid, message_trace_id, id, event, action, detail, description, data
-- stage: exo_detail_rows
-- locale_dates: time_text
-- resolve: earliest receipt, recorded receipt first
-- detail: 40
-- shows_clear_text: no
-- hosted_service: yes
-- into: message
WITH events AS (
    SELECT
        raw.*,
        locale_time(raw.time_text, read_file.day_first) AS time_utc,
        coalesce(nullif(raw.trace_id, ''), nullif(raw.message_id_text, '')) AS message_key,
        mep_value(raw.data, 'CustomData') AS custom_data
    FROM raw
    INNER JOIN read_file ON raw.source_id = read_file.source_id
),

hops AS (
    SELECT
        *,
        coalesce(
            nullif(regexp_extract(detail, 'using ((?:TLS|SSL)[\w. ]*?\d[\d._]*)', 1, 'i'), ''),
            data_value(custom_data, 'tlsversion'), data_value(custom_data, '\w*tls\w*version')
        ) AS tls_raw,
        coalesce(
            nullif(regexp_extract(detail, 'using (?:TLS|SSL)[\w. ]*?\d[\d._]* with (\S+)', 1, 'i'), ''),
            data_value(custom_data, 'tlscipher')
        ) AS cipher,
        connector_name_of(inbound_data) AS inbound_connector,
        connector_name_of(data_quoted(custom_data, 'TenantOutboundConnectorCustomData')) AS outbound_connector,
        connector_type_of(nullif(regexp_extract(inbound_data, ';ConnectorType=([A-Za-z -]+)', 1, 'i'), '')) AS connector_type,
        nullif(regexp_extract(detail, 'sent to (\S+) at (\S+)', 1, 'i'), '') AS sent_host,
        nullif(regexp_extract(detail, 'sent to (\S+) at (\S+)', 2, 'i'), '') AS sent_ip
    FROM (
        SELECT
            *,
            data_quoted(custom_data, 'InboundConnectorData') AS inbound_data
        FROM events
        WHERE kind IN ('in', 'out') AND time_utc IS NOT NULL AND message_key IS NOT NULL
    )
),

-- Several servers of the service receive a message; the edge is the one with a TLS version or a connector, else the first.
inbound AS (
    SELECT *
    FROM hops
    WHERE kind = 'in'
    QUALIFY row_number() OVER (
        PARTITION BY source_id, message_key
        ORDER BY tls_raw IS NULL AND inbound_connector IS NULL, time_utc, tls_raw, cipher, inbound_connector, detail, data
    ) = 1
),

outbound AS (
    SELECT *
    FROM hops
    WHERE kind = 'out'
    QUALIFY row_number() OVER (
        PARTITION BY source_id, message_key, coalesce(sent_host, ''), outbound_connector ORDER BY tls_raw IS NULL, time_utc, tls_raw, cipher, detail, data
    ) = 1
)

SELECT
    source_id,
    line_no,
    time_utc,
    'inbound' AS direction,
    inbound_connector AS connector,
    connector_type,
    tls_raw,
    tls_grade(tls_raw, cipher) AS tls,
    cipher,
    'accepted' AS status,
    'Exchange Online' AS system,
    coalesce(nullif(regexp_extract(detail, 'received by: (\S+)', 1, 'i'), ''), mep_value(data, 'ServerHostName')) AS server,
    data_value(custom_data, 'ProxiedClientHostname') AS peer_host,
    coalesce(data_value(custom_data, 'ProxiedClientIPAddress'), mep_value(data, 'ClientIP')) AS peer_ip,
    nullif(message_id_text, '') AS message_id,
    nullif(trace_id, '') AS network_message_id,
    try_cast(mep_value(data, 'TotalBytes') AS BIGINT) AS size_bytes,
    md5_number_lower(concat_ws('|', 'exo-in', message_key)) AS hop_key,
    NULL AS problem
FROM inbound
UNION ALL BY NAME
SELECT
    source_id,
    line_no,
    time_utc,
    'outbound' AS direction,
    outbound_connector AS connector,
    tls_raw,
    tls_grade(tls_raw, cipher) AS tls,
    cipher,
    'delivered' AS status,
    'Exchange Online' AS system,
    sent_host AS peer_host,
    sent_ip AS peer_ip,
    nullif(message_id_text, '') AS message_id,
    nullif(trace_id, '') AS network_message_id,
    try_cast(mep_value(data, 'TotalBytes') AS BIGINT) AS size_bytes,
    md5_number_lower(concat_ws('|', 'exo-out', message_key, coalesce(sent_host, ''), outbound_connector)) AS hop_key
FROM outbound
UNION ALL BY NAME
-- A message submitted by an own mailbox is internal, even if the service records that it received it.
SELECT
    source_id,
    min(line_no) AS line_no,
    min(time_utc) AS time_utc,
    'internal' AS direction,
    'Not recorded' AS tls,
    'Exchange Online' AS system,
    min(nullif(message_id_text, '')) AS message_id,
    min(nullif(trace_id, '')) AS network_message_id,
    md5_number_lower(concat_ws('|', 'exo-in', message_key)) AS hop_key,
    0 AS messages
FROM events
WHERE kind = 'own' AND message_key IS NOT NULL AND time_utc IS NOT NULL
GROUP BY source_id, message_key
UNION ALL BY NAME
SELECT
    source_id,
    line_no,
    CASE WHEN time_utc IS NULL THEN 'the time cannot be read' ELSE 'the row has no id of a message' END AS problem
FROM events
WHERE kind IN ('in', 'out') AND (time_utc IS NULL OR message_key IS NULL)
