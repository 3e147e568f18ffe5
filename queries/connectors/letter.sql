-- title: What a partner's servers use
-- help: Mail of a peer in a span by direction, host, address and TLS version, with the first and last time; for a letter to the operator.
-- params: since timestamp, until timestamp
-- result: PeerUse
SELECT
    direction,
    coalesce(peer_host, helo, peer_ip) AS host,
    peer_host IS NULL AND helo IS NOT NULL AS is_unverified,
    peer_ip AS address,
    peer_domain AS domain,
    tls,
    cast(sum(messages) AS BIGINT) AS messages,
    count(DISTINCT session_id) AS connections,
    min(time_utc) AS first_utc,
    max(time_utc) AS last_utc
FROM message
WHERE
    grain = 'message' AND time_utc >= $since AND time_utc < $until AND is_near(stored_utc, $since, $until)
    AND in_flow
GROUP BY ALL
ORDER BY direction, host NULLS LAST, address NULLS LAST, domain NULLS LAST, tls
