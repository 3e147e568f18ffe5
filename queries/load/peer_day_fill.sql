-- title: What each peer used on each day
-- help: Transferred mail of single messages. Rows that are queried together are stored together, so that the rest need not be read. Sender keys are only of mail below TLS 1.2; CASE avoids computing the others.
-- params: since timestamp, until timestamp
INSERT INTO trace.peer_day BY NAME
SELECT
    cast(time_utc AS DATE) AS day,
    direction,
    connector,
    forced_tls,
    tls,
    system,
    peer_host,
    helo,
    peer_ip,
    peer_domain,
    connectors_from_settings,
    cast(sum(messages) AS BIGINT) AS messages,
    min(time_utc) AS first_utc,
    max(time_utc) AS last_utc,
    list_distinct(
        list(CASE WHEN is_legacy_tls(tls) THEN sender_key(sender) END) FILTER (WHERE sender IS NOT NULL AND is_legacy_tls(tls))
    ) AS sender_keys
FROM message_with_ability
WHERE
    time_utc >= $since AND time_utc < $until
    AND grain = 'message' AND is_transferred(status) AND is_with_peers(direction)
GROUP BY ALL
ORDER BY day, direction, connector, tls
