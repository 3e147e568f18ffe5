-- title: Exchange Online inbound and outbound messages report
-- help: Start-HistoricalSearch -ReportType ConnectorReport and the exports of the Inbound and Outbound messages reports: one row per message with its connector and TLS version. Alternative column names are recognised.
-- provides: direction, connector, connector type, TLS version, sender, recipients
-- lacks: cipher, the peer's host name
-- recognise: header date_time_utc|origin_timestamp_utc|received|date|datetime|timestamp|date_time direction|directionality|connector_direction|connector_direction_and_name tls|tls_used|tlsused|tls_version|tlsversion|tls_protocol sender_address|senderaddress|sender|from|sender_from_address|p1fromaddress
-- recognise: header date_time_utc|origin_timestamp_utc|received|date|datetime|timestamp|date_time connector_name|connector|inbound_connector|outbound_connector|connector_id tls|tls_used|tlsused|tls_version|tlsversion|tls_protocol sender_address|senderaddress|sender|from|sender_from_address|p1fromaddress
-- reader: csv
-- system: Exchange Online
-- columns: date_time_utc, origin_timestamp_utc, received, date, datetime, timestamp, date_time, direction, directionality, connector_direction, connector_direction_and_name, connector_name, connector_id, connector, inbound_connector, outbound_connector, connector_type, type, tls, tls_used, tlsused, tls_version, tlsversion, tls_protocol, forced_tls, require_tls, sender_address, senderaddress, sender, from, sender_from_address, p1fromaddress, recipient_address, recipientaddress, recipient, recipients, to, recipient_status, message_id, messageid, internetmessageid, network_message_id, networkmessageid, message_trace_id, messagetraceid, client_ip, original_client_ip, fromip, senderip, sender_ip, total_bytes, totalbytes, size, messagesize, subject, message_subject, status, delivery_status
-- stage: exo_connector_rows
-- locale_dates: time_text
-- detail: 30
-- row_limit: 50000, 100000 rows
-- hosted_service: yes
-- into: message
WITH report_rows AS (
    SELECT
        raw.*,
        locale_time(raw.time_text, read_file.day_first) AS time_utc,
        coalesce(values_of(raw.recipient_text), []) AS recipients,
        coalesce(nullif(raw.network_id, ''), nullif(raw.message_id_text, ''), concat_ws('|', 'line', raw.time_text, raw.sender_text, raw.recipient_text)) AS message_key
    FROM raw
    INNER JOIN read_file ON raw.source_id = read_file.source_id
),

-- Several rows, one per recipient, are one message; a different connector or version is another hop.
messages AS (
    SELECT
        source_id,
        min(line_no) AS line_no,
        min(time_utc) AS time_utc,
        way,
        connector_text,
        min(connector_type_of(type_text)) AS connector_type,
        min(boolean_of(forced_text)) AS forced_tls,
        tls_text,
        min(CASE WHEN sender_text = '<>' THEN '' ELSE sender_text END) AS sender,
        all_recipients(recipients) AS recipients,
        min(nullif(subject_text, '')) AS subject,
        min(nullif(message_id_text, '')) AS message_id,
        min(nullif(network_id, '')) AS network_message_id,
        min(nullif(ip_text, '')) AS ip,
        max(try_cast(size_text AS BIGINT)) AS size_bytes,
        message_key
    FROM report_rows
    WHERE time_utc IS NOT NULL AND problem IS NULL
    GROUP BY source_id, message_key, way, connector_text, tls_text
)

SELECT
    source_id,
    line_no,
    time_utc,
    way AS direction,
    connector_text AS connector,
    connector_type,
    forced_tls,
    tls_text AS tls_raw,
    tls_grade(tls_text, NULL) AS tls,
    CASE WHEN way = 'outbound' THEN 'delivered' ELSE 'accepted' END AS status,
    'Exchange Online' AS system,
    CASE WHEN way = 'inbound' THEN ip END AS peer_ip,
    CASE way WHEN 'inbound' THEN domain_of(sender) WHEN 'outbound' THEN recipient_domain(recipients) END AS peer_domain,
    sender,
    recipients,
    subject,
    message_id,
    network_message_id,
    size_bytes,
    CASE
        WHEN way = 'inbound' THEN md5_number_lower(concat_ws('|', 'exo-in', message_key))
        ELSE md5_number_lower(concat_ws('|', 'exo-report', way, message_key, connector_text, tls_text))
    END AS hop_key,
    NULL AS problem
FROM messages
UNION ALL BY NAME
SELECT
    source_id,
    line_no,
    coalesce(problem, 'the time cannot be read') AS problem
FROM report_rows
WHERE problem IS NOT NULL OR time_utc IS NULL
