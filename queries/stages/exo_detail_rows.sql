-- title: Events of a message trace's details
-- help: The rows of hops: mail received, and mail sent to others; and submitted mail, whose receipt is no hop from outside. Graph has other names for the columns.
-- into: raw
SELECT
    source_id,
    CASE
        WHEN lower(trimmed(event)) = 'event' THEN NULL
        WHEN lower(trimmed(event)) IN ('receive', 'received') OR detail_text ILIKE 'message received by:%' THEN 'in'
        WHEN lower(trimmed(event)) IN ('submit', 'submitted') THEN 'own'
        WHEN lower(trimmed(event)) IN ('send external', 'sendexternal') OR detail_text ILIKE 'message sent to %' THEN 'out'
    END AS kind,
    coalesce(date, datetime) AS time_text,
    coalesce(messagetraceid, message_trace_id, CASE WHEN datetime IS NOT NULL THEN id END) AS trace_id,
    messageid AS message_id_text,
    detail_text AS detail,
    data
FROM (SELECT *, coalesce(detail, description) AS detail_text FROM file_row)
