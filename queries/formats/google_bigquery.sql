-- title: Google Workspace Gmail logs
-- help: Rows of the Gmail log in BigQuery as JSON (bq --format=json, or lines), and activities of the Reports API: events of SMTP connections record the TLS version.
-- provides: direction, TLS version, cipher, peer, sender, recipients, subject, status
-- lacks: connector
-- recognise: json message_info event_info connection_info
-- recognise: json message_info smtp_tls_version
-- recognise: json kind actor events parameters
-- recognise: json smtp_tls_version timestamp_usec
-- reader: json
-- json_path: items
-- system: Google Workspace
-- columns: item
-- hosted_service: yes
-- connectors_from_settings: yes
-- into: message
WITH log_rows AS (
    SELECT
        source_id,
        line_no,
        CASE WHEN json_type(item, '$.message_info') IS NOT NULL THEN item END AS item,
        CASE WHEN json_type(item, '$.events') IS NOT NULL THEN item END AS activity
    FROM raw
),

-- The parameters of an activity are nested lists of name and value; each name is searched in the text of its event.
events AS (
    SELECT
        source_id,
        line_no,
        coalesce(text_at(item, '$.event_info.timestamp_usec'), google_value(activity, 'timestamp_usec')) AS time_text,
        coalesce(text_at(item, '$.message_info.connection_info.smtp_in_connect_ip'), google_value(activity, 'smtp_in_connect_ip')) AS in_ip,
        coalesce(text_at(item, '$.message_info.connection_info.smtp_out_connect_ip'), google_value(activity, 'smtp_out_connect_ip')) AS out_ip,
        coalesce(text_at(item, '$.message_info.connection_info.smtp_out_remote_host'), google_value(activity, 'smtp_out_remote_host')) AS out_host,
        coalesce(text_at(item, '$.message_info.connection_info.client_host_zone'), google_value(activity, 'client_host_zone')) AS in_host,
        coalesce(text_at(item, '$.message_info.connection_info.smtp_tls_state'), google_value(activity, 'smtp_tls_state')) AS state_text,
        coalesce(text_at(item, '$.message_info.connection_info.smtp_tls_version'), google_value(activity, 'smtp_tls_version')) AS version_text,
        coalesce(text_at(item, '$.message_info.connection_info.smtp_tls_cipher'), google_value(activity, 'smtp_tls_cipher')) AS cipher,
        coalesce(text_at(item, '$.message_info.connection_info.smtp_reply_code'), google_value(activity, 'smtp_reply_code')) AS reply,
        coalesce(text_at(item, '$.event_info.success'), google_value(activity, 'success')) AS success_text,
        lower(coalesce(text_at(item, '$.message_info.source.address'), google_value(activity, 'from_header_address'))) AS sender,
        addresses_of(coalesce(
            cast(json_extract_string(item, '$.message_info.destination[*].address') AS VARCHAR[]),
            regexp_extract_all(coalesce(text_at(item, '$.message_info.flattened_destinations'), google_value(activity, 'flattened_destinations')), '[^\s,:;<>"]+@[^\s,:;<>"]+')
        )) AS recipients,
        coalesce(text_at(item, '$.message_info.subject'), google_value(activity, 'subject')) AS subject,
        coalesce(text_at(item, '$.message_info.rfc2822_message_id'), google_value(activity, 'rfc2822_message_id')) AS message_id,
        try_cast(coalesce(text_at(item, '$.message_info.payload_size'), google_value(activity, 'payload_size')) AS BIGINT) AS size_bytes
    FROM log_rows
),

hops AS (
    SELECT
        *,
        json_time(time_text) AS time_utc,
        CASE WHEN out_ip IS NOT NULL OR out_host IS NOT NULL THEN 'out' WHEN in_ip IS NOT NULL THEN 'in' END AS kind
    FROM events
)

SELECT
    source_id,
    line_no,
    time_utc,
    CASE kind WHEN 'in' THEN 'inbound' ELSE 'outbound' END AS direction,
    coalesce(version_text, state_text) AS tls_raw,
    CASE
        WHEN version_text IS NOT NULL THEN tls_grade(version_text, cipher)
        WHEN state_text IN ('0', 'NONE') THEN 'No TLS'
        WHEN state_text IS NOT NULL THEN 'TLS (version unknown)'
        ELSE 'Not recorded'
    END AS tls,
    cipher,
    CASE
        WHEN coalesce(boolean_of(success_text), TRUE) THEN CASE kind WHEN 'in' THEN 'accepted' ELSE 'delivered' END
        WHEN reply LIKE '4%' THEN 'deferred'
        WHEN kind = 'in' THEN 'rejected'
        ELSE 'bounced'
    END AS status,
    reply,
    'Google Workspace' AS system,
    CASE kind WHEN 'in' THEN in_host ELSE out_host END AS peer_host,
    CASE kind WHEN 'in' THEN in_ip ELSE out_ip END AS peer_ip,
    domain_of(CASE kind WHEN 'in' THEN sender ELSE recipients[1] END) AS peer_domain,
    sender,
    recipients,
    subject,
    message_id,
    size_bytes,
    md5_number_lower(concat_ws(
        '|', 'google', kind, message_id, CASE kind WHEN 'in' THEN in_ip ELSE out_ip END, array_to_string(recipients, ';'),
        CASE WHEN NOT boolean_of(success_text) THEN 'not passed ' || coalesce(left(reply, 1), '') END
    )) AS hop_key,
    CASE WHEN time_utc IS NULL THEN 'the time cannot be read' END AS problem
FROM hops
WHERE kind IS NOT NULL
