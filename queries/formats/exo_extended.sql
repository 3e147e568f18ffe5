-- title: Exchange Online extended report
-- help: Start-HistoricalSearch -ReportType MessageTraceDetail: about 16 event rows a message, counted as one inbound hop or one hop a server and connector outbound.
-- tells: direction, connector, connector type, TLS version inbound, peer, sender, recipients, subject
-- cannot tell: clear text (a message without a TLS key is Not recorded), TLS of outbound mail whose row has no TLS key, Forced TLS? (load the settings)
-- tls is in: the admin centre's inbound and outbound messages reports
-- recognise: header date_time_utc event_id network_message_id directionality
-- needs: date_time_utc, source, event_id, network_message_id, directionality, custom_data
-- reader: csv
-- system: Exchange Online
-- columns: date_time_utc, client_ip, client_hostname, server_ip, server_hostname, source, event_id, message_id, network_message_id, recipient_address, total_bytes, message_subject, sender_address, return_path, directionality, original_client_ip, custom_data
-- stage: exo_rows
-- into: message
WITH hop AS (
    SELECT
        *,
        data_quoted(custom_data, 'InboundConnectorData') AS inbound_data,
        coalesce(data_value(custom_data, 'tlsversion'), data_value(custom_data, '\w*tls\w*version')) AS tls_raw,
        coalesce(data_value(custom_data, 'tlscipher'), data_value(custom_data, '\w*tls\w*cipher')) AS cipher,
        connector_name_of(data_quoted(custom_data, 'TenantOutboundConnectorCustomData')) AS outbound_connector
    FROM raw
    WHERE kind IN ('in', 'out') AND time_utc IS NOT NULL
),

inbound AS (
    SELECT
        source_id,
        line_no,
        time_utc,
        'inbound' AS direction,
        connector_name_of(inbound_data) AS connector,
        connector_type_of(nullif(regexp_extract(inbound_data, ';ConnectorType=([A-Za-z -]+)', 1, 'i'), '')) AS connector_type,
        tls_raw,
        cipher,
        'accepted' AS status,
        server_hostname AS server,
        coalesce(data_value(custom_data, 'ProxiedClientHostname'), nullif(client_hostname, '')) AS peer_host,
        coalesce(data_value(custom_data, 'ProxiedClientIPAddress'), nullif(original_client_ip, ''), nullif(client_ip, '')) AS peer_ip,
        domain_of(coalesce(nullif(sender_address, ''), return_path)) AS peer_domain,
        recipient_address,
        message_key,
        message_id,
        sender_address,
        message_subject,
        try_cast(total_bytes AS BIGINT) AS size_bytes,
        md5_number_lower(concat_ws('|', 'exo-in', message_key)) AS hop_key
    FROM hop
    WHERE kind = 'in'
    QUALIFY row_number() OVER (PARTITION BY message_key ORDER BY time_utc, line_no) = 1
),

outbound AS (
    SELECT
        arg_min(source_id, line_no) AS source_id,
        min(line_no) AS line_no,
        min(time_utc) AS time_utc,
        'outbound' AS direction,
        outbound_connector AS connector,
        NULL AS connector_type,
        arg_min(tls_raw, line_no) AS tls_raw,
        arg_min(cipher, line_no) AS cipher,
        'handed over' AS status,
        arg_min(client_hostname, line_no) AS server,
        nullif(server_hostname, '') AS peer_host,
        arg_min(nullif(server_ip, ''), line_no) AS peer_ip,
        domain_of(split_part(arg_min(recipient_address, line_no), ';', 1)) AS peer_domain,
        string_agg(recipient_address, ';' ORDER BY line_no) AS recipient_address,
        message_key,
        arg_min(message_id, line_no) AS message_id,
        arg_min(sender_address, line_no) AS sender_address,
        arg_min(message_subject, line_no) AS message_subject,
        max(try_cast(total_bytes AS BIGINT)) AS size_bytes,
        md5_number_lower(concat_ws('|', 'exo-out', message_key, coalesce(server_hostname, ''), outbound_connector)) AS hop_key
    FROM hop
    WHERE kind = 'out'
    GROUP BY message_key, server_hostname, outbound_connector
),

-- What reached a mailbox and never crossed a hop by SMTP came from another mailbox of the organisation.
within AS (
    SELECT
        arg_min(source_id, line_no) AS source_id,
        min(line_no) AS line_no,
        min(time_utc) AS time_utc,
        'internal' AS direction,
        message_key,
        'accepted' AS status,
        md5_number_lower(concat_ws('|', 'exo-within', message_key)) AS hop_key
    FROM raw
    WHERE kind IS NOT NULL
    GROUP BY message_key
    HAVING NOT bool_or(kind IN ('in', 'out')) AND bool_or(kind = 'delivered') AND min(time_utc) IS NOT NULL
)

SELECT
    * EXCLUDE (message_key, recipient_address, sender_address, message_subject, asked),
    message_key AS network_message_id,
    tls_grade(tls_raw, cipher) AS tls,
    'Exchange Online' AS system,
    sender_address AS sender,
    coalesce(list_filter(asked, LAMBDA one, place: one <> '' AND list_position(asked, one) = place), []) AS recipients,  -- noqa: PRS,LT01
    message_subject AS subject,
    NULL AS problem
FROM (
    SELECT *, string_split(recipient_address, ';') AS asked
    FROM (
        SELECT * FROM inbound
        UNION ALL BY NAME
        SELECT * FROM outbound
        UNION ALL BY NAME
        SELECT * FROM within
    )
)
UNION ALL BY NAME
SELECT source_id, line_no, problem
FROM raw
WHERE problem IS NOT NULL
