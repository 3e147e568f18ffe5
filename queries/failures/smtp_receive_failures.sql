-- title: Failed sessions of an SMTP receive log
-- help: Failed handshakes with connecting clients, and connections without mail.
-- into: failed_session
SELECT
    source_id,
    line_no,
    time_utc,
    CASE WHEN proxy_text IS NOT NULL THEN 'internal' WHEN is_authenticated THEN 'submission' ELSE 'inbound' END AS direction,
    string_split(connector_id, '\')[-1] AS connector,
    'Exchange Server' AS system,
    nullif(array_to_string(string_split(connector_id, '\')[:-2], '\'), '') AS server,
    nullif(regexp_extract(helo_text, '^\S+\s+(\S+)', 1), '') AS helo,
    coalesce(nullif(regexp_extract(proxy_text, '(?:^|\s)IP=(\S+)', 1), ''), address_of(remote_endpoint)) AS peer_ip,
    kind,
    error,
    session_id,
    md5_number_lower(concat_ws('|', 'smtp-receive-session', connector_id, session_id)) AS hop_key
FROM smtp_failures('raw')
