-- title: Failed handshakes of a Postfix log
-- help: Failed STARTTLS of incoming and outgoing connections.
-- into: failed_session
WITH failures AS (
    SELECT
        *,
        address_in(peer) AS peer_ip
    FROM postfix_failures('raw', 'read_file')
)

SELECT
    source_id,
    line_no,
    time_utc,
    CASE
        WHEN is_own_address(peer_ip) THEN 'internal' WHEN contains(who, '/smtpd[') THEN 'inbound' ELSE 'outbound'
    END AS direction,
    'Postfix' AS system,
    nullif(string_split(who, ' ')[1], '-') AS server,
    host_before(peer) AS peer_host,
    peer_ip,
    'handshake failed' AS kind,
    error,
    string_split(who, '/')[-1] AS session_id,
    md5_number_lower(concat_ws('|', 'postfix-failure', who, peer, epoch_ms(time_utc))) AS hop_key
FROM failures
