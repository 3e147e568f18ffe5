-- title: Peers that still used TLS 1.0
-- help: By direction: messages and peers in the window with TLS 1.0 or SSL, when it was last seen in the whole file, and how much mail has its TLS recorded.
-- params: since timestamp, until timestamp
-- result: OldTls
WITH all_time AS (
    SELECT
        cast(raw_direction AS VARCHAR) AS direction,
        cast(coalesce(sum(messages) FILTER (WHERE is_recorded), 0) AS BIGINT) AS recorded,
        cast(local_time(min(quarter_utc)) AS DATE) AS first_day,
        max(quarter_utc) FILTER (WHERE is_tls10) AS last_quarter,
        cast(coalesce(sum(messages) FILTER (WHERE is_tls10 AND quarter_utc >= $since AND quarter_utc < $until), 0) AS BIGINT) AS messages
    FROM flow
    GROUP BY raw_direction
),

-- The rollup of peers has UTC days: peers whose mail of a day is partly in the window are read from the messages of the first and last day.
old_peers AS (
    SELECT
        direction,
        host_of(peer_host, helo, peer_ip) AS name
    FROM peer_flow
    WHERE tls_code BETWEEN 1 AND 2 AND first_utc >= $since AND last_utc < $until AND in_flow
    UNION ALL
    SELECT
        direction,
        host_of(peer_host, helo, peer_ip) AS name
    FROM message
    WHERE
        grain = 'message' AND is_tls10 AND in_flow AND stored_utc >= $since
        AND stored_utc < least(date_trunc('day', cast($since AS TIMESTAMP) + to_microseconds(86399999999)), cast($until AS TIMESTAMP))
    UNION ALL
    SELECT
        direction,
        host_of(peer_host, helo, peer_ip) AS name
    FROM message
    WHERE
        grain = 'message' AND is_tls10 AND in_flow AND stored_utc < $until
        AND stored_utc >= greatest(date_trunc('day', cast($until AS TIMESTAMP)), cast($since AS TIMESTAMP))
),

peer AS (
    SELECT
        direction,
        count(DISTINCT name) AS peers
    FROM old_peers
    GROUP BY direction
)

SELECT
    all_time.direction,
    all_time.messages,
    coalesce(peer.peers, 0) AS peers,
    all_time.last_quarter AS last_utc,
    all_time.recorded AS recorded_ever,
    all_time.first_day
FROM all_time
LEFT JOIN peer ON all_time.direction = peer.direction
ORDER BY all_time.direction
