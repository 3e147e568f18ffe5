-- title: Exchange Server message tracking log
-- help: MSGTRK*.LOG of Exchange 2010 to Subscription Edition, with and without its header. No TLS is in it: together with the protocol logs its messages have their TLS version, and count once.
-- tells: direction, connector, peer, sender, recipients, subject, status
-- cannot tell: TLS version (load the SMTP protocol logs too), HELO, connector type and Forced TLS? (load the settings)
-- tls is in: the SMTP receive and send protocol logs of the same server
-- recognise: line ^\s*#Log-type:\s*Message Tracking Log
-- recognise: first ^\d{4}-\d\d-\d\dT[\d:.]+Z,[^,]*,[^,]*,[^,]*,[^,]*,("[^"]*"|[^,]*),("[^"]*"|[^,]*),(SMTP|STOREDRIVER|AGENT|ROUTING|DSN|MAILBOXRULE|RESOLVER|QUEUE|TRANSPORTRULE|ADMIN|PICKUP|GATEWAY|HAREDIRECT|MEETINGMESSAGEPROCESSOR|ORAR|PUBLICFOLDER|SAFETYNET|BOOTLOADER),[A-Z]
-- reader: csv
-- system: Exchange Server
-- columns: date_time, client_ip, client_hostname, server_ip, server_hostname, source_context, connector_id, source, event_id, internal_message_id, message_id, network_message_id, recipient_address, recipient_status, total_bytes, recipient_count, related_recipient_address, reference, message_subject, sender_address, return_path, message_info, directionality, tenant_id, original_client_ip, original_server_ip, custom_data
-- columns without header: date_time, client_ip, client_hostname, server_ip, server_hostname, source_context, connector_id, source, event_id, internal_message_id, message_id, network_message_id, recipient_address, recipient_status, total_bytes, recipient_count, related_recipient_address, reference, message_subject, sender_address, return_path, message_info, directionality, tenant_id, original_client_ip, original_server_ip, custom_data, transport_traffic_type, log_id, schema_version
-- columns without header: date_time, client_ip, client_hostname, server_ip, server_hostname, source_context, connector_id, source, event_id, internal_message_id, message_id, network_message_id, recipient_address, recipient_status, total_bytes, recipient_count, related_recipient_address, reference, message_subject, sender_address, return_path, message_info, directionality, tenant_id, original_client_ip, original_server_ip, custom_data
-- columns without header: date_time, client_ip, client_hostname, server_ip, server_hostname, source_context, connector_id, source, event_id, internal_message_id, message_id, recipient_address, recipient_status, total_bytes, recipient_count, related_recipient_address, reference, message_subject, sender_address, return_path, message_info, directionality, tenant_id, original_client_ip, original_server_ip, custom_data
-- needs: date_time, source_context, connector_id, source, event_id, message_id, recipient_address, sender_address
-- stage: tracking_rows
-- once: message_id, kind, time_utc, connector_id, recipient_address, server_ip
-- settle: steps back, own addresses
-- detail: 20
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
