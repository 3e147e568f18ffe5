-- title: Exchange Online enhanced summary report
-- help: Start-HistoricalSearch -ReportType MessageTrace: one row per message with the events of each recipient. It records no TLS.
-- provides: direction, connector, sender, recipients, subject, status
-- lacks: TLS version (export the extended report for it), the peer's host, connector type and Forced TLS? (load the settings)
-- tls_from: the extended report of the same days
-- recognise: header origin_timestamp_utc recipient_status directionality
-- required_columns: origin_timestamp_utc, sender_address, recipient_status, directionality
-- reader: csv
-- system: Exchange Online
-- columns: origin_timestamp_utc, sender_address, recipient_status, message_subject, total_bytes, message_id, network_message_id, original_client_ip, directionality, connector_id
-- locale_dates: origin_timestamp_utc
-- superseded_by: logs
-- detail: 20
-- shows_clear_text: no
-- row_limit: 50000, 100000 rows
-- hosted_service: yes
-- into: message
WITH report_rows AS (
    SELECT
        raw.source_id,
        raw.line_no,
        locale_time(raw.origin_timestamp_utc, read_file.day_first) AS time_utc,
        direction_of(raw.directionality) AS recorded_direction,
        CASE
            WHEN is_default_receive_connector(raw.connector_id) THEN NULL
            ELSE nullif(trimmed(string_split(raw.connector_id, '\')[-1]), '')
        END AS connector,
        nullif(raw.original_client_ip, '') AS client_ip,
        CASE WHEN raw.sender_address = '<>' THEN '' ELSE raw.sender_address END AS sender,
        list_transform(
            list_filter(string_split(raw.recipient_status, ';'), LAMBDA one: trimmed(one) <> ''),
            LAMBDA one: { 'address': lower(trimmed(string_split(one, '##')[1])), 'events': lower(split_part(one, '##', 2)) }
        ) AS recipient_events,
        raw.message_subject,
        nullif(raw.message_id, '') AS message_id,
        nullif(raw.network_message_id, '') AS network_message_id,
        try_cast(raw.total_bytes AS BIGINT) AS size_bytes,
        raw.directionality
    FROM raw
    INNER JOIN read_file ON raw.source_id = read_file.source_id
),

report_hops AS (
    SELECT
        *,
        list_filter(recipient_events, LAMBDA one: contains(one.events, 'send')) AS sent,
        len(list_filter(recipient_events, LAMBDA one: contains(one.events, 'deliver'))) > 0 AS is_delivered,
        len(list_filter(recipient_events, LAMBDA one: contains(one.events, 'fail'))) > 0 AS is_failed
    FROM report_rows
)

SELECT
    source_id,
    line_no,
    time_utc,
    CASE WHEN recorded_direction = 'outbound' AND len(sent) = 0 AND is_delivered THEN 'internal' ELSE recorded_direction END AS direction,
    connector,
    'Not recorded' AS tls,
    CASE
        WHEN recorded_direction <> 'outbound' OR (len(sent) = 0 AND is_delivered) THEN 'accepted'
        WHEN len(sent) > 0 THEN 'delivered'
        WHEN is_failed THEN 'bounced'
        ELSE 'incomplete'
    END AS status,
    'Exchange Online' AS system,
    CASE WHEN recorded_direction = 'inbound' THEN client_ip END AS peer_ip,
    domain_of(CASE WHEN recorded_direction = 'inbound' THEN sender ELSE coalesce(sent[1].address, recipient_events[1].address) END) AS peer_domain,
    sender,
    list_transform(CASE WHEN recorded_direction = 'outbound' AND len(sent) > 0 THEN sent ELSE recipient_events END, LAMBDA one: one.address) AS recipients,
    message_subject AS subject,
    message_id,
    network_message_id,
    size_bytes,
    md5_number_lower(
        concat_ws(
            '|',
            CASE WHEN recorded_direction = 'inbound' THEN 'exo-in' ELSE 'exo-out' END,
            coalesce(
                network_message_id, message_id,
                concat_ws('|', 'line', epoch_ms(time_utc), sender, array_to_string(list_transform(recipient_events, LAMBDA one: one.address), ','), replace(message_subject, chr(13), ''))
            )
        )
    ) AS hop_key,
    CASE
        WHEN lower(directionality) = 'directionality' THEN ''
        WHEN time_utc IS NULL THEN 'origin_timestamp_utc is not a time'
    END AS problem
FROM report_hops
