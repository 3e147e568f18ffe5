-- title: Failed handshakes of an Exim mainlog
-- help: Failed TLS handshakes of incoming and outgoing connections.
-- into: failed_session
SELECT
    source_id,
    line_no,
    time_utc,
    CASE
        WHEN is_own_address(peer_ip) THEN 'internal'
        WHEN id IS NOT NULL OR regexp_matches(text, '^TLS error on connection to ') OR contains(text, 'SSL_connect') THEN 'outbound'
        ELSE 'inbound'
    END AS direction,
    'Exim' AS system,
    server,
    nullif(peer.host, '') AS peer_host,
    nullif(peer.helo, '') AS helo,
    peer_ip,
    'handshake failed' AS kind,
    coalesce(
        nullif(regexp_extract(text, '^TLS error on connection (?:from|to) [^\]]*\](?::\d+)?(?: I=\S+)? (.*)$', 1), ''),
        nullif(regexp_extract(text, '^TLS session: ?(.*?):? ?delivering unencrypted', 1), ''),
        text
    ) AS error,
    id AS session_id,
    md5_number_lower(concat_ws('|', 'exim-failure', server, id, text, epoch_ms(time_utc))) AS hop_key
FROM (
    SELECT
        *,
        address_of(peer.ip) AS peer_ip
    FROM (
        SELECT
            *,
            exim_peer(text) AS peer
        FROM raw
        WHERE flag = 'TLS' AND time_utc IS NOT NULL
    )
    WHERE peer.ip <> ''
)
