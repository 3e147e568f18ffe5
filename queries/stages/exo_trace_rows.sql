-- title: Rows of a message trace, with normalised columns
-- help: PowerShell, the admin centre and Microsoft Graph have different names for the same columns. Lost values (System.Object[]) are NULL.
-- into: raw
SELECT
    source_id,
    coalesce(received, receiveddatetime, received_date_time, date_utc, date) AS time_text,
    coalesce(messagetraceid, message_trace_id, network_message_id, CASE WHEN receiveddatetime IS NOT NULL THEN id END) AS trace_id,
    coalesce(messageid, message_id) AS message_id_text,
    trimmed(coalesce(senderaddress, sender_address, sender)) AS sender_text,
    trimmed(coalesce(recipientaddress, recipient_address, recipient)) AS recipient_text,
    CASE WHEN coalesce(subject, message_subject) NOT LIKE 'System.%[]' THEN coalesce(subject, message_subject) END AS subject_text,
    trimmed(status) AS status_text,
    coalesce(trimmed(coalesce(fromip, from_ip)), '') AS from_ip,
    coalesce(trimmed(coalesce(toip, to_ip)), '') AS to_ip,
    size AS size_text,
    CASE WHEN lower(coalesce(received, receiveddatetime, received_date_time, date_utc, date)) IN ('received', 'date') THEN '' END AS problem
FROM file_row
