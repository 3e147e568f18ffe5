-- title: Recipient domains whose mail was blocked or sent in clear text
-- help: Outbound mail by recipient domain: messages blocked because of TLS, DANE or MTA-STS, with the most frequent error and the number of different errors; and whether the domain was ever seen with TLS.
-- params: since timestamp, until timestamp, most integer
-- result: TransitDomain
WITH hop AS (
    SELECT
        *,
        status IN ('rejected', 'deferred', 'bounced') AND regexp_matches(coalesce(reply, ''), 'TLS|DANE|TLSA|MTA-STS|certificate', 'i') AS is_blocked,
        is_transferred AND tls = 'No TLS' AS is_clear
    FROM message
    WHERE direction = 'outbound' AND grain = 'message' AND time_utc >= $since AND time_utc < $until AND is_near(stored_utc, $since, $until)
),

domain AS (
    SELECT
        peer_domain,
        any_value(CASE
            WHEN security_policy ILIKE 'dane%' THEN 'DANE'
            WHEN security_policy ILIKE '%sts%' THEN 'MTA-STS'
            WHEN security_policy IS NOT NULL THEN 'TLS'
        END) FILTER (WHERE is_blocked) AS security,
        cast(coalesce(sum(messages) FILTER (WHERE is_blocked), 0) AS BIGINT) AS blocked,
        count(DISTINCT reply) FILTER (WHERE is_blocked) AS errors,
        mode(reply ORDER BY reply) FILTER (WHERE is_blocked) AS error,
        cast(coalesce(sum(messages) FILTER (WHERE is_clear), 0) AS BIGINT) AS in_clear,
        max(time_utc) AS last_utc
    FROM hop
    WHERE is_blocked OR is_clear
    GROUP BY peer_domain
)

SELECT
    domain.peer_domain AS domain,
    domain.security,
    domain.blocked,
    domain.errors,
    domain.error,
    domain.in_clear,
    max(seen.tls) FILTER (WHERE seen.tls LIKE 'TLS%') AS best,
    domain.last_utc
FROM domain
LEFT JOIN peer_seen AS seen ON domain.peer_domain = seen.peer_domain AND seen.direction = 'outbound'
GROUP BY ALL
ORDER BY domain.blocked DESC, domain.in_clear DESC, domain.peer_domain
LIMIT $most
