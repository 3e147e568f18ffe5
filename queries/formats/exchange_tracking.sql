-- title: Exchange Server message tracking log
-- help: MSGTRK*.LOG of Exchange 2010 to Subscription Edition, with or without its header. It records no TLS: load the protocol logs too, then its messages have their TLS version and are counted once.
-- provides: direction, connector, peer, sender, recipients, subject, status
-- lacks: TLS version (load the SMTP protocol logs too), HELO, connector type and Forced TLS? (load the settings)
-- tls_from: the SMTP receive and send protocol logs of the same server
-- recognise: line ^\s*#Log-type:\s*Message Tracking Log
-- recognise: first ^\d{4}-\d\d-\d\dT[\d:.]+Z,[^,]*,[^,]*,[^,]*,[^,]*,("[^"]*"|[^,]*),("[^"]*"|[^,]*),(SMTP|STOREDRIVER|AGENT|ROUTING|DSN|MAILBOXRULE|RESOLVER|QUEUE|TRANSPORTRULE|ADMIN|PICKUP|GATEWAY|HAREDIRECT|MEETINGMESSAGEPROCESSOR|ORAR|PUBLICFOLDER|SAFETYNET|BOOTLOADER),[A-Z]
-- reader: csv
-- system: Exchange Server
-- columns: date_time, client_ip, client_hostname, server_ip, server_hostname, source_context, connector_id, source, event_id, internal_message_id, message_id, network_message_id, recipient_address, recipient_status, total_bytes, recipient_count, related_recipient_address, reference, message_subject, sender_address, return_path, message_info, directionality, tenant_id, original_client_ip, original_server_ip, custom_data
-- headerless_columns: date_time, client_ip, client_hostname, server_ip, server_hostname, source_context, connector_id, source, event_id, internal_message_id, message_id, network_message_id, recipient_address, recipient_status, total_bytes, recipient_count, related_recipient_address, reference, message_subject, sender_address, return_path, message_info, directionality, tenant_id, original_client_ip, original_server_ip, custom_data, transport_traffic_type, log_id, schema_version
-- headerless_columns: date_time, client_ip, client_hostname, server_ip, server_hostname, source_context, connector_id, source, event_id, internal_message_id, message_id, network_message_id, recipient_address, recipient_status, total_bytes, recipient_count, related_recipient_address, reference, message_subject, sender_address, return_path, message_info, directionality, tenant_id, original_client_ip, original_server_ip, custom_data
-- headerless_columns: date_time, client_ip, client_hostname, server_ip, server_hostname, source_context, connector_id, source, event_id, internal_message_id, message_id, recipient_address, recipient_status, total_bytes, recipient_count, related_recipient_address, reference, message_subject, sender_address, return_path, message_info, directionality, tenant_id, original_client_ip, original_server_ip, custom_data
-- required_columns: date_time, source_context, connector_id, source, event_id, message_id, recipient_address, sender_address
-- stage: tracking_rows
-- dedup_key: message_id, kind, time_utc, connector_id, recipient_address, server_ip
-- resolve: own addresses
-- superseded_by: logs by session
-- detail: 20
-- shows_clear_text: no
-- into: message
SELECT
    *,
    'Not recorded' AS tls,
    'Exchange Server' AS system,
    NULL AS problem
FROM tracked_hops('raw')
UNION ALL BY NAME
SELECT
    source_id,
    line_no,
    problem
FROM raw
WHERE problem IS NOT NULL
