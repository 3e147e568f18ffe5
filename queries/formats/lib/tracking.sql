-- title: Exchange tracking logs: hops
-- help: One row per message that a server accepted or delivered by SMTP, from the rows of the stages tracking_rows and tracking_export_rows.

-- Return the hops of a tracking log: mail received by SMTP, and mail sent to another server. own_ip is the address of the server that wrote the row,
-- as receiver or as sender, so it belongs to the organisation. The stages exclude health probes. An export of the log has whole seconds, so its
-- hop keys use whole seconds.
CREATE OR REPLACE MACRO tracked_hops(relation) AS TABLE  -- noqa: CP05
WITH address_rows AS (
    SELECT
        *,
        data_value(custom_data, 'ProxiedClientIPAddress') AS proxied_ip,
        CASE
            WHEN kind = 'in' THEN coalesce(data_value(custom_data, 'ProxiedClientIPAddress'), nullif(original_client_ip, ''), client_ip)
            ELSE server_ip
        END AS peer_address,
        CASE WHEN kind = 'in' THEN server_ip ELSE client_ip END AS own_address
    FROM query_table(relation)
    WHERE kind IS NOT NULL
),

hops AS (
    SELECT
        entry.* EXCLUDE (time_utc, proxied_ip, peer_address, own_address),
        coalesce(entry.time_utc, utc_of(locale_time(entry.time_text, read_file.day_first), read_file.log_zone)) AS time_utc,
        address_of(entry.peer_address) AS peer_ip,
        address_of(entry.own_address) AS own_ip,
        CASE
            WHEN kind = 'in' AND proxied_ip IS NOT NULL THEN data_value(custom_data, 'ProxiedClientHostname')
            WHEN kind = 'in' AND coalesce(nullif(original_client_ip, ''), client_ip) = client_ip THEN nullif(client_hostname, '')
            WHEN kind <> 'in' THEN nullif(server_hostname, '')
        END AS peer_host,
        string_split(lower(recipient_address), ';') AS recipient_addresses
    FROM address_rows AS entry
    INNER JOIN read_file ON entry.source_id = read_file.source_id
)

SELECT
    source_id,
    line_no,
    time_utc,
    CASE
        WHEN kind <> 'in' THEN 'outbound'
        WHEN direction_of(directionality) = 'outbound' THEN 'submission'
        ELSE 'inbound'
    END AS direction,
    nullif(string_split(connector_id, '\')[-1], '') AS connector,
    CASE kind WHEN 'in' THEN 'accepted' WHEN 'out' THEN 'delivered' WHEN 'failed' THEN 'bounced' ELSE 'deferred' END AS status,
    CASE WHEN kind <> 'in' THEN nullif(regexp_extract(source_context, '(?:^|;)([245]\d\d[ -][^;]*)', 1), '') END AS reply,
    CASE WHEN kind = 'in' THEN nullif(server_hostname, '') ELSE nullif(client_hostname, '') END AS server,
    peer_host,
    peer_ip,
    own_ip,
    domain_of(CASE WHEN kind = 'in' THEN sender_address ELSE recipient_addresses[1] END) AS peer_domain,
    CASE WHEN sender_address = '<>' THEN '' ELSE sender_address END AS sender,
    coalesce(list_filter(recipient_addresses, LAMBDA one: one <> ''), []) AS recipients,
    message_subject AS subject,
    nullif(message_id, '') AS message_id,
    nullif(network_message_id, '') AS network_message_id,
    CASE WHEN kind = 'in' OR regexp_full_match(string_split(source_context, ';')[1], '[0-9A-Fa-f]{16}') THEN nullif(string_split(source_context, ';')[1], '') END AS session_id,
    try_cast(total_bytes AS BIGINT) AS size_bytes,
    md5_number_lower(concat_ws(
        '|', 'tracking', kind, coalesce(nullif(message_id, ''), network_message_id), connector_id, peer_ip, epoch_us(time_utc) // 1000000, recipient_address
    )) AS hop_key
FROM hops
WHERE time_utc IS NOT NULL;
