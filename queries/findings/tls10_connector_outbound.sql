-- title: Outbound connector seeing significant TLS1.0 mail flow
-- help: The share of recorded messages with TLS 1.0 (or SSL) is above the limit, over the whole window.
-- severity: warning
-- advice: Load the connector's settings to learn whose server this is; then fix your own, or ask the partner for TLS 1.2, before TLS 1.0 is refused.
-- tls: TLS 1.0
-- params: since timestamp, until timestamp, limit_percent number, min_recorded integer, limits limits
-- result: FindingRow
SELECT *
FROM significant_share('tls10', 'connector', 'outbound', $since, $until, $limit_percent, $min_recorded, $limits)
ORDER BY messages DESC, connector
