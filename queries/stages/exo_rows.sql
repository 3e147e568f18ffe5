-- title: Relevant rows of an Exchange Online extended report
-- help: The rows of SMTP hops; of other rows only the message that they belong to.
-- into: raw
SELECT
    source_id,
    kind,
    coalesce(nullif(network_message_id, ''), message_id) AS message_key,
    CASE WHEN kind IS NOT NULL THEN time_of(date_time_utc) END AS time_utc,
    CASE WHEN kind IN ('in', 'out') THEN message_id END AS message_id,
    CASE WHEN kind IN ('in', 'out') THEN sender_address END AS sender_address,
    CASE WHEN kind IN ('in', 'out') THEN return_path END AS return_path,
    CASE WHEN kind IN ('in', 'out') THEN recipient_address END AS recipient_address,
    CASE WHEN kind IN ('in', 'out') THEN message_subject END AS message_subject,
    CASE WHEN kind IN ('in', 'out') THEN total_bytes END AS total_bytes,
    CASE WHEN kind IN ('in', 'out') THEN client_ip END AS client_ip,
    CASE WHEN kind IN ('in', 'out') THEN client_hostname END AS client_hostname,
    CASE WHEN kind IN ('in', 'out') THEN server_ip END AS server_ip,
    CASE WHEN kind IN ('in', 'out') THEN server_hostname END AS server_hostname,
    CASE WHEN kind IN ('in', 'out') THEN original_client_ip END AS original_client_ip,
    CASE WHEN kind IN ('in', 'out') THEN custom_data END AS custom_data,
    CASE
        WHEN lower(event_id) = 'event_id' THEN NULL
        WHEN kind IS NOT NULL AND time_of(date_time_utc) IS NULL THEN 'date_time_utc is not a time'
        WHEN coalesce(event_id, '') = '' THEN 'the row has no event_id'
    END AS problem
FROM (
    SELECT
        *,
        CASE
            WHEN lower(event_id) = 'event_id' THEN NULL
            WHEN upper(event_id) = 'RECEIVE' AND upper(source) = 'SMTP' AND direction_of(directionality) = 'inbound' THEN 'in'
            WHEN upper(event_id) = 'SENDEXTERNAL' THEN 'out'
            WHEN upper(event_id) IN ('RECEIVE', 'SUBMIT') THEN 'begun'
            WHEN upper(event_id) = 'DELIVER' THEN 'delivered'
        END AS kind
    FROM file_row
)
