-- title: Messages with all columns
-- help: The rows of an export, newest first; one row per message at a hop.
-- params: since timestamp, until timestamp, direction text, any_connector boolean, connector text, tls text, system text, flow_only boolean
-- result: MessageExport
SELECT
    time_utc,
    direction,
    connector,
    connector_type,
    forced_tls,
    tls,
    tls_raw,
    cipher,
    verified,
    status,
    reply,
    system,
    server,
    service,
    peer_host,
    helo,
    peer_ip,
    peer_domain,
    sender,
    recipients,
    subject,
    auth_user,
    certificate,
    security_policy,
    message_id,
    network_message_id,
    session_id,
    size_bytes,
    messages,
    is_estimate,
    grain,
    source_id,
    line_no
FROM hops_of($since, $until, $direction, $any_connector, $connector, $tls, $system, $flow_only)
ORDER BY time_utc DESC, source_id, line_no, hop_key
