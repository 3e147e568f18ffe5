-- title: Outbound messages in transit security
-- help: Transferred outbound mail, by the security policy that applied to the sending server: DANE, MTA-STS, other TLS, none; and mail that was blocked because of it. Daily totals have no policy and are excluded.
-- params: since timestamp, until timestamp
-- result: TransitSecurity
WITH hop AS (
    SELECT
        *,
        CASE
            WHEN security_policy ILIKE 'dane%' THEN 'DANE'
            WHEN security_policy ILIKE '%sts%' THEN 'MTA-STS'
            WHEN is_protected_tls(tls) THEN 'TLS'
            WHEN is_recorded_tls(tls) THEN 'No TLS'
            ELSE 'Not recorded'
        END AS security,
        status IN ('rejected', 'deferred', 'bounced') AND regexp_matches(coalesce(reply, ''), 'TLS|DANE|TLSA|MTA-STS|certificate', 'i') AS is_blocked
    FROM message
    WHERE direction = 'outbound' AND grain = 'message' AND time_utc >= $since AND time_utc < $until AND is_near(stored_utc, $since, $until)
)

SELECT
    security,
    cast(coalesce(sum(messages) FILTER (WHERE is_transferred), 0) AS BIGINT) AS messages,
    cast(coalesce(sum(messages) FILTER (WHERE is_blocked), 0) AS BIGINT) AS blocked,
    count(DISTINCT peer_domain) FILTER (WHERE is_transferred) AS domains,
    count(security_policy) > 0 AS has_policy
FROM hop
WHERE is_transferred OR is_blocked
GROUP BY security
ORDER BY CASE security WHEN 'DANE' THEN 1 WHEN 'MTA-STS' THEN 2 WHEN 'TLS' THEN 3 WHEN 'No TLS' THEN 4 ELSE 5 END
