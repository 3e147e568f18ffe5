-- title: TLS handshakes failing
-- help: Peers with at least the configured number of failed TLS handshakes in the window, by direction and connector.
-- severity: warning
-- advice: Compare versions and ciphers with the peer named here; mail that requires TLS stays in the queue, and opportunistic mail may be sent in clear text.
-- params: since timestamp, until timestamp, min_handshakes integer
-- result: FindingRow
WITH failed AS (
    SELECT
        direction,
        connector,
        host_of(peer_host, helo, peer_ip) AS peer,
        error,
        time_utc
    FROM failed_session
    WHERE kind = 'handshake failed' AND is_edge_direction(direction) AND time_utc >= $since AND time_utc < $until
),

by_peer AS (
    SELECT
        direction,
        connector,
        peer,
        count(*) AS failures,
        max(time_utc) AS last_utc
    FROM failed
    GROUP BY ALL
),

by_error AS (
    SELECT
        failed.direction,
        failed.connector,
        failed.error,
        count(*) AS failures
    FROM failed
    INNER JOIN by_peer
        ON
            failed.direction = by_peer.direction AND failed.connector IS NOT DISTINCT FROM by_peer.connector
            AND failed.peer IS NOT DISTINCT FROM by_peer.peer
    WHERE nullif(failed.error, '') IS NOT NULL AND by_peer.failures >= $min_handshakes
    GROUP BY ALL
),

most_frequent_errors AS (
    SELECT
        direction,
        connector,
        first(error ORDER BY failures DESC, error) AS error,
        max(failures) AS failures
    FROM by_error
    GROUP BY direction, connector
),

connectors AS (
    SELECT
        direction,
        connector,
        cast(sum(failures) FILTER (WHERE failures >= $min_handshakes) AS BIGINT) AS messages,
        cast(sum(failures) AS BIGINT) AS every,
        count(*) FILTER (WHERE failures >= $min_handshakes) AS peers,
        first(peer ORDER BY failures DESC, peer) AS worst,
        max(last_utc) FILTER (WHERE failures >= $min_handshakes) AS last_utc
    FROM by_peer
    GROUP BY direction, connector
)

SELECT
    connectors.direction,
    connectors.connector,
    setting.connector_type,
    connectors.messages,
    connectors.every AS recorded,
    100.0 * connectors.messages / connectors.every AS percent,
    connectors.last_utc,
    coalesce(connectors.worst, 'unknown peer') AS what,
    counted(connectors.messages, 'failed handshake', FALSE) || ' with ' || counted(connectors.peers, 'peer', FALSE)
    || CASE WHEN most_frequent_errors.error IS NULL THEN '' ELSE ', most often ' || left(most_frequent_errors.error, 100) || ' (' || number_words(most_frequent_errors.failures, FALSE) || ')' END AS evidence
FROM connectors
LEFT JOIN most_frequent_errors ON connectors.direction = most_frequent_errors.direction AND connectors.connector IS NOT DISTINCT FROM most_frequent_errors.connector
LEFT JOIN connector_setting AS setting ON lower(connectors.connector) = lower(setting.name) AND connectors.direction = setting.direction
WHERE connectors.messages > 0
ORDER BY connectors.messages DESC, connectors.connector
