-- title: Exchange Online message trace
-- help: The list export of the admin centre, Get-MessageTrace and Get-MessageTraceV2 as CSV or JSON, and message traces of Microsoft Graph: one row per recipient. It records no TLS; Get-MessageTraceDetail does.
-- provides: sender, recipients, subject, status, addresses of the peer; direction once accepted domains are loaded
-- lacks: TLS version (export the extended report or the details), connector, a certain direction unless accepted domains are loaded
-- tls_from: the extended report of the same days, or its details
-- recognise: header messagetraceid|message_trace_id senderaddress|sender_address received|received_date_time|date
-- recognise: header received|date sender|sender_address recipient|recipient_address subject status
-- recognise: json messagetraceid senderaddress received
-- recognise: json receiveddatetime senderaddress recipientaddress
-- reader: csv
-- system: Exchange Online
-- columns: received, date, receiveddatetime, received_date_time, date_utc, messageid, message_id, messagetraceid, message_trace_id, id, network_message_id, senderaddress, sender_address, sender, recipientaddress, recipient_address, recipient, subject, message_subject, status, fromip, from_ip, toip, to_ip, size
-- stage: exo_trace_rows
-- locale_dates: time_text
-- resolve: direction by domain
-- superseded_by: logs, reports
-- detail: 10
-- shows_clear_text: no
-- row_limit: 1000, 5000, 50000 rows
-- hosted_service: yes
-- into: message
WITH trace_rows AS (
    SELECT
        raw.*,
        locale_time(raw.time_text, read_file.day_first) AS time_utc,
        CASE WHEN raw.sender_text = '<>' THEN '' ELSE lower(raw.sender_text) END AS sender_address,
        CASE WHEN raw.to_ip <> '' THEN 'outbound' WHEN raw.from_ip <> '' THEN 'inbound' ELSE 'unknown' END AS recorded_direction,
        coalesce(
            nullif(raw.trace_id, ''), nullif(raw.message_id_text, ''), concat_ws('|', raw.time_text, raw.sender_text, replace(raw.subject_text, chr(13), ''))
        ) AS message_key
    FROM raw
    INNER JOIN read_file ON raw.source_id = read_file.source_id
),

messages AS (
    SELECT
        source_id,
        min(line_no) AS line_no,
        min(time_utc) AS time_utc,
        recorded_direction,
        min(sender_address) AS sender,
        all_recipients([lower(recipient_text)]) AS recipients,
        min(nullif(subject_text, '')) AS subject,
        min(nullif(message_id_text, '')) AS message_id,
        min(nullif(trace_id, '')) AS network_message_id,
        min(nullif(from_ip, '')) AS from_ip,
        min(nullif(to_ip, '')) AS to_ip,
        max(try_cast(size_text AS BIGINT)) AS size_bytes,
        bool_or(lower(status_text) = 'delivered') AS is_delivered,
        min(CASE WHEN lower(status_text) = 'delivered' THEN status_text END) AS good_status,
        min(CASE WHEN lower(status_text) IN ('failed', 'quarantined', 'filteredasspam', 'filtered as spam') THEN status_text END) AS bad_status,
        min(nullif(status_text, '')) AS any_status,
        message_key
    FROM trace_rows
    WHERE time_utc IS NOT NULL AND problem IS NULL
    GROUP BY source_id, message_key, recorded_direction
)

SELECT
    source_id,
    line_no,
    time_utc,
    recorded_direction AS direction,
    'Not recorded' AS tls,
    -- The status of outbound mail; resolution changes it to accepted for inbound mail.
    CASE
        WHEN is_delivered THEN 'delivered'
        WHEN bad_status IS NOT NULL THEN 'bounced'
        WHEN recorded_direction = 'outbound' OR lower(any_status) IN ('pending', 'getting status', 'gettingstatus') THEN 'incomplete'
        ELSE 'delivered'
    END AS status,
    coalesce(good_status, bad_status, any_status) AS reply,
    'Exchange Online' AS system,
    CASE recorded_direction WHEN 'inbound' THEN from_ip WHEN 'outbound' THEN to_ip END AS peer_ip,
    CASE recorded_direction WHEN 'inbound' THEN domain_of(sender) WHEN 'outbound' THEN recipient_domain(recipients) END AS peer_domain,
    sender,
    recipients,
    subject,
    message_id,
    network_message_id,
    size_bytes,
    md5_number_lower(concat_ws('|', 'exo-list', recorded_direction, message_key)) AS hop_key,
    NULL AS problem
FROM messages
UNION ALL BY NAME
SELECT
    source_id,
    line_no,
    coalesce(problem, 'the time cannot be read') AS problem
FROM trace_rows
WHERE problem IS NOT NULL OR time_utc IS NULL
