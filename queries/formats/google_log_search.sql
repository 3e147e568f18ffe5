-- title: Google Workspace email log search
-- help: The CSV of Email Log Search: one row per event; SMTP events record whether the connection was encrypted, but not the version.
-- provides: direction, whether TLS was used, peer address, sender, recipients, subject, status
-- lacks: TLS version (BigQuery and the Reports API have it), cipher, connector, peer's host
-- tls_from: the Gmail logs of BigQuery or the Reports API
-- recognise: header message_id event_target has_encryption
-- reader: csv
-- system: Google Workspace
-- columns: message_id, start_date, sender, message_size, subject, direction, recipient_address, event_target, event_date, event_status, event_target_ip_address, has_encryption, event_smtp_reply_code, event_description
-- stage: google_search_rows
-- locale_dates: time_text
-- hosted_service: yes
-- connectors_from_settings: yes
-- into: message
WITH events AS (
    SELECT
        raw.*,
        boolean_of(raw.encrypted_text) AS is_encrypted,
        addresses_of(string_split(raw.recipient_text, ',')) AS recipients,
        locale_time(regexp_replace(replace(raw.time_text, ' UTC', ''), '^(\d{4})/(\d\d)/(\d\d)', '\1-\2-\3'), read_file.day_first) AS time_utc
    FROM raw
    INNER JOIN read_file ON raw.source_id = read_file.source_id
    WHERE raw.kind IS NOT NULL
),

-- Several rows, one per event and recipient, are one message at one hop.
hops AS (
    SELECT
        source_id,
        min(line_no) AS line_no,
        min(time_utc) AS time_utc,
        kind,
        message_id,
        peer_ip,
        is_encrypted,
        outcome,
        min(sender) AS sender,
        all_recipients(recipients) AS recipients,
        min(subject) AS subject,
        min(reply) AS reply,
        max(size_bytes) AS size_bytes
    FROM events
    WHERE time_utc IS NOT NULL
    GROUP BY source_id, message_id, kind, peer_ip, is_encrypted, outcome
)

SELECT
    source_id,
    line_no,
    time_utc,
    CASE kind WHEN 'in' THEN 'inbound' ELSE 'outbound' END AS direction,
    CASE WHEN is_encrypted THEN 'encrypted' WHEN NOT is_encrypted THEN 'not encrypted' END AS tls_raw,
    CASE WHEN is_encrypted THEN 'TLS (version unknown)' WHEN NOT is_encrypted THEN 'No TLS' ELSE 'Not recorded' END AS tls,
    CASE
        WHEN outcome = 'put off' THEN 'deferred'
        WHEN outcome = 'failed' THEN CASE kind WHEN 'in' THEN 'rejected' ELSE 'bounced' END
        WHEN kind = 'in' THEN 'accepted'
        ELSE 'delivered'
    END AS status,
    reply,
    'Google Workspace' AS system,
    peer_ip,
    CASE kind WHEN 'in' THEN domain_of(sender) ELSE recipient_domain(recipients) END AS peer_domain,
    sender,
    recipients,
    subject,
    message_id,
    size_bytes,
    md5_number_lower(concat_ws('|', 'google', kind, message_id, peer_ip, is_encrypted, nullif(outcome, 'passed'))) AS hop_key,
    NULL AS problem
FROM hops
UNION ALL BY NAME
SELECT
    source_id,
    line_no,
    'the time cannot be read' AS problem
FROM events
WHERE time_utc IS NULL
