-- title: One message
-- help: All recorded data of a message at this hop, with its source and line.
-- params: hop_key integer, stored_utc timestamp
-- result: MessageDetail
SELECT
    message.time_utc,
    message.direction,
    message.connector,
    CASE WHEN message.connector IS NOT NULL THEN coalesce(setting.connector_type, message.connector_type) END AS connector_type,
    CASE WHEN message.connector IS NOT NULL THEN coalesce(setting.forced_tls, message.forced_tls) END AS forced_tls,
    message.tls,
    message.tls_raw,
    message.cipher,
    message.verified,
    message.status,
    message.reply,
    message.system,
    message.server,
    message.service,
    message.peer_host,
    message.helo,
    message.peer_ip,
    message.peer_domain,
    message.sender,
    message.recipients,
    message.subject,
    message.auth_user,
    message.certificate,
    message.security_policy,
    message.message_id,
    message.network_message_id,
    message.session_id,
    message.size_bytes,
    message.messages,
    message.is_estimate,
    source.path,
    source.format,
    message.line_no
FROM message
INNER JOIN source ON message.source_id = source.source_id
LEFT JOIN connector_setting AS setting ON lower(message.connector) = lower(setting.name) AND message.direction = setting.direction
WHERE message.hop_key = $hop_key AND message.stored_utc = $stored_utc
