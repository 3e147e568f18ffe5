-- title: Failed sessions by peer
-- help: Peers with failed TLS handshakes or sessions without mail, by connector and error, most sessions first, up to the given number; and the transferred mail of the same peer.
-- params: since timestamp, until timestamp, direction text, any_connector boolean, connector text, kind text, most integer
-- result: FailedPeer
WITH failed AS (
    SELECT
        *,
        host_of(peer_host, helo, peer_ip) AS peer,
        peer_host IS NULL AND helo IS NOT NULL AS by_helo,
        direction = 'outbound' AS is_outbound
    FROM failed_session
    WHERE
        time_utc >= $since AND time_utc < $until
        AND ($direction IS NULL OR direction = $direction)
        AND ($any_connector OR connector IS NOT DISTINCT FROM $connector)
        AND ($kind IS NULL OR kind = $kind)
),

grouped AS (
    SELECT
        peer,
        by_helo AS is_unverified,
        mode(peer_ip ORDER BY peer_ip) AS peer_ip,
        count(DISTINCT peer_ip) AS addresses,
        direction,
        connector,
        kind,
        mode(error ORDER BY error) AS error,
        count(DISTINCT error) AS errors,
        count(*) AS sessions,
        min(time_utc) AS first_utc,
        max(time_utc) AS last_utc
    FROM failed
    GROUP BY peer, by_helo, direction, connector, kind
),

-- Mail of the same peers, with any TLS version; a peer without a name is identified by its address.
transfers AS (
    SELECT
        failed_peers.peer,
        failed_peers.by_helo,
        failed_peers.is_outbound,
        cast(coalesce(sum(hop.messages) FILTER (WHERE hop.time_utc >= $since AND hop.time_utc < $until), 0) AS BIGINT) AS messages,
        coalesce(
            max(hop.tls) FILTER (WHERE hop.tls LIKE 'TLS 1%'), max(hop.tls) FILTER (WHERE hop.tls IN ('SSL', 'TLS (version unknown)'))
        ) AS best
    FROM (SELECT DISTINCT peer, by_helo, is_outbound, peer_host IS NULL AND helo IS NULL AS is_nameless FROM failed) AS failed_peers
    INNER JOIN message AS hop
        ON
            failed_peers.peer = CASE WHEN failed_peers.is_nameless THEN hop.peer_ip ELSE host_of(hop.peer_host, hop.helo, hop.peer_ip) END
            AND failed_peers.is_outbound = (hop.direction = 'outbound')
    WHERE hop.is_transferred AND hop.grain = 'message'
    GROUP BY failed_peers.peer, failed_peers.by_helo, failed_peers.is_outbound
)

SELECT
    CASE WHEN grouped.is_unverified THEN grouped.peer[2:-2] ELSE grouped.peer END AS peer,
    grouped.is_unverified,
    grouped.peer_ip,
    grouped.addresses,
    grouped.direction,
    grouped.connector,
    grouped.kind,
    grouped.error,
    grouped.errors,
    grouped.sessions,
    grouped.first_utc,
    grouped.last_utc,
    coalesce(transfers.messages, 0) AS messages,
    transfers.best,
    (SELECT count(*) FROM failed) AS all_sessions,
    (SELECT count(*) FROM (SELECT DISTINCT peer, by_helo FROM failed)) AS all_peers
FROM grouped
LEFT JOIN transfers
    ON
        grouped.peer = transfers.peer AND grouped.is_unverified = transfers.by_helo
        AND (grouped.direction = 'outbound') = transfers.is_outbound
ORDER BY sessions DESC, last_utc DESC, grouped.peer, direction, connector, kind
LIMIT $most
