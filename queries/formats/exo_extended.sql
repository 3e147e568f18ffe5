-- title: Exchange Online extended report
-- help: Start-HistoricalSearch -ReportType MessageTraceDetail: about 16 event rows per message, counted as one inbound hop, or one outbound hop per server and connector.
-- provides: direction, connector, connector type, TLS version inbound, peer, sender, recipients, subject
-- lacks: clear text (a message without a TLS key is Not recorded), TLS of outbound mail whose row has no TLS key, Forced TLS? (load the settings)
-- tls_from: the admin centre's inbound and outbound messages reports
-- recognise: header date_time_utc event_id network_message_id directionality
-- required_columns: date_time_utc, source, event_id, network_message_id, directionality, custom_data
-- reader: csv
-- system: Exchange Online
-- columns: date_time_utc, client_ip, client_hostname, server_ip, server_hostname, source, event_id, message_id, network_message_id, recipient_address, total_bytes, message_subject, sender_address, return_path, directionality, original_client_ip, custom_data
-- stage: exo_rows
-- resolve: earliest receipt, internal deliveries
-- detail: 50
-- shows_clear_text: no
-- row_limit: 1000 messages
-- hosted_service: yes
-- into: message
WITH event_rows AS (
    SELECT
        *,
        data_quoted(custom_data, 'InboundConnectorData') AS inbound_data,
        coalesce(data_value(custom_data, 'tlsversion'), data_value(custom_data, '\w*tls\w*version')) AS tls_raw,
        coalesce(data_value(custom_data, 'tlscipher'), data_value(custom_data, '\w*tls\w*cipher')) AS cipher,
        connector_name_of(data_quoted(custom_data, 'TenantOutboundConnectorCustomData')) AS outbound_connector,
        string_split(recipient_address, ';') AS recipient_addresses
    FROM raw
    WHERE kind IN ('in', 'out') AND time_utc IS NOT NULL
),

hops AS (
    SELECT
        *,
        tls_grade(tls_raw, cipher) AS tls,
        coalesce(list_filter(recipient_addresses, LAMBDA one, position: one <> '' AND list_position(recipient_addresses, one) = position), []) AS recipients  -- noqa: PRS,LT01
    FROM event_rows
),

receipts AS (
    SELECT
        source_id,
        line_no,
        time_utc,
        'inbound' AS direction,
        connector_name_of(inbound_data) AS connector,
        connector_type_of(nullif(regexp_extract(inbound_data, ';ConnectorType=([A-Za-z -]+)', 1, 'i'), '')) AS connector_type,
        tls,
        tls_raw,
        cipher,
        'accepted' AS status,
        server_hostname AS server,
        coalesce(data_value(custom_data, 'ProxiedClientHostname'), nullif(client_hostname, '')) AS peer_host,
        coalesce(data_value(custom_data, 'ProxiedClientIPAddress'), nullif(original_client_ip, ''), nullif(client_ip, '')) AS peer_ip,
        domain_of(coalesce(nullif(sender_address, ''), return_path)) AS peer_domain,
        recipients,
        message_key,
        message_id,
        sender_address,
        message_subject,
        try_cast(total_bytes AS BIGINT) AS size_bytes,
        md5_number_lower(concat_ws('|', 'exo-in', message_key)) AS hop_key
    FROM hops
    WHERE kind = 'in'
),

inbound AS (
    SELECT * FROM receipts
    QUALIFY
        row_number() OVER (
            PARTITION BY source_id, message_key ORDER BY time_utc, tls_raw, cipher, connector, server, peer_host, peer_ip, recipients
        ) = 1
),

outbound AS (
    SELECT
        source_id,
        min(line_no) AS line_no,
        min(time_utc) AS time_utc,
        'outbound' AS direction,
        outbound_connector AS connector,
        NULL AS connector_type,
        least_tls(tls, tls_raw, cipher) AS tls_record,
        'delivered' AS status,
        min(client_hostname) AS server,
        nullif(server_hostname, '') AS peer_host,
        min(nullif(server_ip, '')) AS peer_ip,
        min(recipient_domain(recipients)) AS peer_domain,
        all_recipients(recipients) AS recipients,
        message_key,
        min(message_id) AS message_id,
        min(sender_address) AS sender_address,
        min(message_subject) AS message_subject,
        max(try_cast(total_bytes AS BIGINT)) AS size_bytes,
        md5_number_lower(concat_ws('|', 'exo-out', message_key, coalesce(server_hostname, ''), outbound_connector)) AS hop_key
    FROM hops
    WHERE kind = 'out'
    GROUP BY source_id, message_key, server_hostname, outbound_connector
),

-- A message that was delivered to a mailbox without an SMTP hop is from another mailbox of the organisation.
mailbox_messages AS (
    SELECT
        source_id,
        min(line_no) AS line_no,
        min(time_utc) FILTER (WHERE kind = 'delivered') AS time_utc,
        'internal' AS direction,
        message_key,
        'accepted' AS status,
        md5_number_lower(concat_ws('|', 'exo-within', message_key)) AS hop_key
    FROM raw
    WHERE kind IS NOT NULL
    GROUP BY source_id, message_key
    HAVING NOT bool_or(kind IN ('in', 'out')) AND min(time_utc) FILTER (WHERE kind = 'delivered') IS NOT NULL
)

SELECT
    * EXCLUDE (message_key, sender_address, message_subject, tls_record, tls, tls_raw, cipher),
    message_key AS network_message_id,
    coalesce(tls_record.tls, tls, 'Not recorded') AS tls,
    coalesce(tls_record.tls_raw, tls_raw) AS tls_raw,
    coalesce(tls_record.cipher, cipher) AS cipher,
    'Exchange Online' AS system,
    sender_address AS sender,
    message_subject AS subject,
    NULL AS problem
FROM (
    SELECT * FROM inbound
    UNION ALL BY NAME
    SELECT * FROM outbound
    UNION ALL BY NAME
    SELECT * FROM mailbox_messages
)
UNION ALL BY NAME
SELECT source_id, line_no, problem
FROM raw
WHERE problem IS NOT NULL
