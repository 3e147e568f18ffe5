-- title: Exchange Server SMTP send log
-- help: Protocol logs SEND*.LOG: one message per MAIL FROM that this server sent, at the hop to the peer.
-- provides: direction, connector, TLS version, cipher, peer host and address, sender, recipients, replies, message-id
-- lacks: subject, connector type and Forced TLS? (load the settings)
-- tls_from: the older log files, in which the sessions begin
-- recognise: line ^\s*#Log-type:\s*SMTP Send Protocol Log
-- recognise: line ^\d{4}-\d\d-\d\dT[\d:.]+Z,[^,]*,[0-9A-Fa-f]{16},\d+,[^,]*,[^,]*,(<,"?220 |>,(EHLO|HELO|MAIL FROM)|\*,[^,]*,"?TLS protocol \S+_CLIENT )
-- reader: csv
-- system: Exchange Server
-- columns: date_time, connector_id, session_id, sequence_number, local_endpoint, remote_endpoint, event, data, context
-- stage: smtp_send_rows
-- failures: smtp_send_failures
-- pending: smtp_sessions
-- dedup_key: session, time_utc, sequence_no, kind, text
-- tls_line: TLS protocol (SP_PROT_\w+) negotiation succeeded
-- session_in_line: [^,]*,[^,]*,([^,]+),
-- into: message
SELECT
    source_id,
    line_no,
    time_utc,
    CASE WHEN proxy_text IS NOT NULL THEN 'internal' ELSE 'outbound' END AS direction,
    connector_id AS connector,
    tls_raw,
    tls,
    cipher,
    verified,
    CASE final_reply WHEN 'yes' THEN 'delivered' WHEN 'later' THEN 'deferred' WHEN 'no' THEN 'bounced' ELSE 'incomplete' END AS status,
    reply,
    'Exchange Server' AS system,
    nullif(regexp_extract(helo_text, '^\S+\s+(\S+)', 1), '') AS server,
    'send' AS service,
    nullif(regexp_extract(greeting_text, '^220[ -](\S+)', 1), '') AS peer_host,
    address_of(remote_endpoint) AS peer_ip,
    domain_of(recipients[1]) AS peer_domain,
    regexp_extract(mail_text, '<([^>]*)>', 1) AS sender,
    recipients,
    coalesce(announced_id, nullif(regexp_extract(reply, '^250 2\.6\.0 (<[^>]+>)', 1), '')) AS message_id,
    session_id,
    nullif(regexp_extract(proxy_text, '(?:^|\s)SID=(\S+)', 1), '') AS front_session_id,
    md5_number_lower(concat_ws('|', 'smtp-send', connector_id, session_id, sequence_no, epoch_ms(time_utc))) AS hop_key,
    try_cast(coalesce(
        nullif(regexp_extract(mail_text, 'SIZE=(\d+)', 1), ''), nullif(regexp_extract(reply, ' (\d+) bytes in ', 1), '')
    ) AS BIGINT) AS size_bytes
FROM smtp_hops('raw')
UNION ALL BY NAME
SELECT
    source_id,
    line_no,
    problem
FROM raw
WHERE problem IS NOT NULL
