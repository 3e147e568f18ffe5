-- title: Failed sessions of an SMTP send log
-- help: Failed handshakes with servers that this one connected to, and connections without mail.
-- into: failed_session
SELECT
    source_id,
    line_no,
    time_utc,
    CASE WHEN proxy_text IS NOT NULL THEN 'internal' ELSE 'outbound' END AS direction,
    connector_id AS connector,
    'Exchange Server' AS system,
    nullif(regexp_extract(helo_text, '^\S+\s+(\S+)', 1), '') AS server,
    nullif(regexp_extract(greeting_text, '^220[ -](\S+)', 1), '') AS peer_host,
    address_of(remote_endpoint) AS peer_ip,
    kind,
    error,
    session_id,
    md5_number_lower(concat_ws('|', 'smtp-send-session', connector_id, session_id)) AS hop_key
FROM smtp_failures('raw')
