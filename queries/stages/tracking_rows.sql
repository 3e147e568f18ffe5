-- title: Relevant rows of a message tracking log
-- help: Mail received by SMTP, and mail delivered, failed or deferred; not Exchange's own mail (health probes, shadow copies). The original client's address is passed from server to server, so it is used only if the server itself, as its own front end, received the mail; else custom-data has the proxied client.
-- into: raw
SELECT
    source_id,
    kind,
    CASE WHEN kind IS NOT NULL THEN try_cast(date_time AS TIMESTAMP) END AS time_utc,
    cast(NULL AS VARCHAR) AS time_text,
    CASE WHEN kind IS NOT NULL THEN client_ip END AS client_ip,
    CASE WHEN kind IS NOT NULL THEN client_hostname END AS client_hostname,
    CASE WHEN kind IS NOT NULL THEN server_ip END AS server_ip,
    CASE WHEN kind IS NOT NULL THEN server_hostname END AS server_hostname,
    CASE WHEN kind IS NOT NULL THEN source_context END AS source_context,
    CASE WHEN kind IS NOT NULL THEN connector_id END AS connector_id,
    CASE WHEN kind IS NOT NULL THEN message_id END AS message_id,
    CASE WHEN kind IS NOT NULL THEN network_message_id END AS network_message_id,
    CASE WHEN kind IS NOT NULL THEN recipient_address END AS recipient_address,
    CASE WHEN kind IS NOT NULL THEN total_bytes END AS total_bytes,
    CASE WHEN kind IS NOT NULL THEN message_subject END AS message_subject,
    CASE WHEN kind IS NOT NULL THEN sender_address END AS sender_address,
    CASE WHEN kind IS NOT NULL THEN directionality END AS directionality,
    CASE WHEN kind IS NOT NULL AND (coalesce(custom_data, '') = '' OR coalesce(client_ip, '') IN ('', server_ip)) THEN original_client_ip END AS original_client_ip,
    CASE WHEN kind IS NOT NULL THEN custom_data END AS custom_data,
    CASE
        WHEN starts_with(date_time, '#') THEN NULL
        WHEN kind IS NOT NULL AND try_cast(date_time AS TIMESTAMP) IS NULL THEN 'the date-time is not a time'
        WHEN coalesce(event_id, '') = '' THEN 'the row has no event-id'
    END AS problem
FROM (
    SELECT
        *,
        CASE
            WHEN source <> 'SMTP' OR sender_address LIKE 'HealthMailbox%' OR recipient_address LIKE 'HealthMailbox%' THEN NULL
            WHEN sender_address = 'inboundproxy@inboundproxy.com' THEN NULL
            WHEN event_id = 'RECEIVE' THEN 'in'
            WHEN event_id = 'SEND' OR event_id = 'SENDEXTERNAL' THEN 'out'
            WHEN event_id = 'FAIL' THEN 'failed'
            WHEN event_id = 'DEFER' THEN 'put off'
        END AS kind
    FROM file_row
)
