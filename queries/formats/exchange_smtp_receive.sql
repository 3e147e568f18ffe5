-- title: Exchange Server SMTP receive log
-- help: Protocol logs RECV*.LOG of front end, hub and edge: one message per MAIL FROM, at the hop from the peer.
-- provides: direction, connector, TLS version, cipher, peer address, HELO, sender, recipients, replies
-- lacks: the peer's host name (HELO is unverified), subject, connector type and Forced TLS? (load the settings)
-- tls_from: the older log files, in which the sessions begin
-- recognise: line ^\s*#Log-type:\s*SMTP Receive Protocol Log
-- recognise: line ^\d{4}-\d\d-\d\dT[\d:.]+Z,[^,]*,[0-9A-Fa-f]{16},\d+,[^,]*,[^,]*,(>,"?220 |<,(EHLO|HELO|MAIL FROM)|\*,[^,]*,"?TLS protocol \S+_SERVER )
-- reader: csv
-- system: Exchange Server
-- columns: date_time, connector_id, session_id, sequence_number, local_endpoint, remote_endpoint, event, data, context
-- stage: smtp_receive_rows
-- failures: smtp_receive_failures
-- pending: smtp_sessions
-- dedup_key: session, time_utc, sequence_no, kind, text
-- tls_line: TLS protocol (SP_PROT_\w+) negotiation succeeded
-- session_in_line: [^,]*,[^,]*,([^,]+),
-- into: message
SELECT
    source_id,
    line_no,
    time_utc,
    CASE WHEN proxy_text IS NOT NULL THEN 'internal' WHEN is_authenticated THEN 'submission' ELSE 'inbound' END AS direction,
    string_split(connector_id, '\')[-1] AS connector,
    tls_raw,
    tls,
    cipher,
    verified,
    CASE final_reply WHEN 'yes' THEN 'accepted' WHEN 'later' THEN 'deferred' WHEN 'no' THEN 'rejected' ELSE 'incomplete' END AS status,
    reply,
    'Exchange Server' AS system,
    nullif(array_to_string(string_split(connector_id, '\')[:-2], '\'), '') AS server,
    CASE WHEN proxy_text IS NOT NULL THEN 'hub' ELSE 'frontend' END AS service,
    nullif(regexp_extract(helo_text, '^\S+\s+(\S+)', 1), '') AS helo,
    coalesce(nullif(regexp_extract(proxy_text, '(?:^|\s)IP=(\S+)', 1), ''), address_of(remote_endpoint)) AS peer_ip,
    domain_of(regexp_extract(mail_text, '<([^>]*)>', 1)) AS peer_domain,
    regexp_extract(mail_text, '<([^>]*)>', 1) AS sender,
    recipients,
    auth_user,
    nullif(regexp_extract(reply, '^250 \S+ (<[^>]+>)', 1), '') AS message_id,
    session_id,
    nullif(regexp_extract(proxy_text, '(?:^|\s)SID=(\S+)', 1), '') AS front_session_id,
    md5_number_lower(concat_ws('|', 'smtp-receive', connector_id, session_id, sequence_no, epoch_ms(time_utc))) AS hop_key,
    try_cast(coalesce(
        nullif(regexp_extract(reply, ' (\d+) bytes in ', 1), ''), nullif(regexp_extract(mail_text, 'SIZE=(\d+)', 1), '')
    ) AS BIGINT) AS size_bytes
FROM smtp_hops('raw')
UNION ALL BY NAME
SELECT
    source_id,
    line_no,
    problem
FROM raw
WHERE problem IS NOT NULL
