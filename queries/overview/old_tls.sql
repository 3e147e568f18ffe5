-- title: Who still used TLS 1.0
-- help: By direction: messages and peers in the window with TLS 1.0 or SSL, when it was last seen in the whole file, and how much mail said its TLS.
-- params: since timestamp, until timestamp
-- result: OldTls
WITH whole AS (
    SELECT
        direction,
        cast(coalesce(sum(messages) FILTER (WHERE is_recorded), 0) AS BIGINT) AS recorded,
        cast(local_time(min(quarter_utc)) AS DATE) AS first_day,
        max(quarter_utc) FILTER (WHERE is_tls10) AS last_quarter,
        cast(coalesce(sum(messages) FILTER (WHERE is_tls10 AND quarter_utc >= $since AND quarter_utc < $until), 0) AS BIGINT) AS messages
    FROM flow
    GROUP BY direction
),

peer AS (
    SELECT
        direction,
        count(DISTINCT coalesce(peer_host, helo, peer_ip)) AS peers
    FROM message
    WHERE
        is_tls10 AND time_utc >= $since AND time_utc < $until AND in_flow
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
