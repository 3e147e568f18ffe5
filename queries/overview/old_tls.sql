-- title: Who still used TLS 1.0
-- help: By direction: messages and peers in the window with TLS 1.0 or SSL, when it was last seen in the whole file, and how much mail said its TLS.
-- params: since timestamp, until timestamp
-- result: OldTls
WITH whole AS (
    SELECT
        cast(raw_direction AS VARCHAR) AS direction,
        cast(coalesce(sum(messages) FILTER (WHERE is_recorded), 0) AS BIGINT) AS recorded,
        cast(local_time(min(quarter_utc)) AS DATE) AS first_day,
        max(quarter_utc) FILTER (WHERE is_tls10) AS last_quarter,
        cast(coalesce(sum(messages) FILTER (WHERE is_tls10 AND quarter_utc >= $since AND quarter_utc < $until), 0) AS BIGINT) AS messages
    FROM flow
    GROUP BY raw_direction
),

-- Peers are known by days of UTC: whoever's mail of a day is not all in the window is looked for among the messages of its first and last day.
old_peer AS (
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
    FROM old_peer
    GROUP BY direction
)

SELECT
    whole.direction,
    whole.messages,
    coalesce(peer.peers, 0) AS peers,
    whole.last_quarter AS last_utc,
    whole.recorded AS recorded_ever,
    whole.first_day
FROM whole
LEFT JOIN peer ON whole.direction = peer.direction
ORDER BY whole.direction
