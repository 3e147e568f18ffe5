-- title: Relevant rows of an exported message tracking log
-- help: As tracking_rows; Get-MessageTrackingLog has other column names, writes timestamps in the server's time zone and regional format, and may lose lists (System.String[]).
-- into: raw
SELECT
    source_id,
    kind,
    NULL::TIMESTAMP AS time_utc,
    timestamp AS time_text,
    clientip AS client_ip,
    clienthostname AS client_hostname,
    serverip AS server_ip,
    serverhostname AS server_hostname,
    sourcecontext AS source_context,
    connectorid AS connector_id,
    messageid AS message_id,
    networkmessageid AS network_message_id,
    array_to_string(values_of(recipients), ';') AS recipient_address,
    totalbytes AS total_bytes,
    messagesubject AS message_subject,
    sender AS sender_address,
    directionality,
    CASE
        WHEN coalesce(eventdata, '') = '' OR eventdata LIKE 'System.%[]' OR coalesce(clientip, '') IN ('', serverip) THEN originalclientip
    END AS original_client_ip,
    CASE WHEN eventdata NOT LIKE 'System.%[]' THEN eventdata END AS custom_data,
    NULL AS problem
FROM (
    SELECT
        *,
        CASE
            WHEN upper(source) <> 'SMTP' OR sender LIKE 'HealthMailbox%' OR recipients LIKE '%HealthMailbox%' THEN NULL
            WHEN sender = 'inboundproxy@inboundproxy.com' THEN NULL
            WHEN upper(eventid) = 'RECEIVE' THEN 'in'
            WHEN upper(eventid) IN ('SEND', 'SENDEXTERNAL') THEN 'out'
            WHEN upper(eventid) = 'FAIL' THEN 'failed'
            WHEN upper(eventid) = 'DEFER' THEN 'put off'
        END AS kind
    FROM file_row
)
