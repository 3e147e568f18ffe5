-- title: Inbound Partner connector seeing significant TLS1.0 mail flow
-- help: The share of recorded messages with TLS 1.0 (or SSL) is above the limit, over the whole window.
-- severity: warning
-- advice: Partner's server: ask them for TLS 1.2 before TLS 1.0 is refused.
-- tls: TLS 1.0
-- params: since timestamp, until timestamp, limit_percent number, min_recorded integer, limits limits
-- result: FindingRow
SELECT *
FROM significant_share('tls10', 'partner', 'inbound', $since, $until, $limit_percent, $min_recorded, $limits)
ORDER BY messages DESC, connector
