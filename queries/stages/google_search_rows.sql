-- title: SMTP events of an email log search
-- help: SMTP_INBOUND is inbound, SMTP_OUTBOUND outbound; events in a mailbox are no hops.
-- into: raw
SELECT
    source_id,
    kind,
    coalesce(event_date, start_date) AS time_text,
    message_id,
    nullif(trimmed(event_target_ip_address), '') AS peer_ip,
    has_encryption AS encrypted_text,
    CASE
        WHEN event_status ILIKE '%defer%' OR event_status ILIKE '%transient%' OR event_status ILIKE '%retr%' OR event_smtp_reply_code LIKE '4%' THEN 'put off'
        WHEN event_status ILIKE '%bounce%' OR event_status ILIKE '%reject%' OR event_status ILIKE '%fail%' OR event_smtp_reply_code LIKE '5%' THEN 'failed'
        ELSE 'passed'
    END AS outcome,
    lower(sender) AS sender,
    recipient_address AS recipient_text,
    subject,
    nullif(concat_ws(' ', event_smtp_reply_code, event_description), '') AS reply,
    try_cast(message_size AS BIGINT) AS size_bytes
FROM (
    SELECT
        *,
        CASE
            WHEN upper(event_target) = 'SMTP_INBOUND' THEN 'in'
            WHEN upper(event_target) LIKE 'SMTP_OUTBOUND%' OR upper(event_target) = 'SMTP' THEN 'out'
        END AS kind
    FROM file_row
)
