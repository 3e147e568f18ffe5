-- title: Inbound connector seeing significant TLS1.0 mail flow
-- help: The share of recorded messages with TLS 1.0 (or SSL) is above the limit, over the whole window.
-- severity: warning
-- advice: Load the connector's settings to learn whose server this is; then fix your own, or ask the partner for TLS 1.2, before TLS 1.0 is refused.
-- params: since timestamp, until timestamp, limit_percent number, min_recorded integer
-- result: FindingRow
SELECT
    direction,
    connector,
    connector_type,
    tls10 AS messages,
    recorded,
    100.0 * tls10 / recorded AS percent,
    cast($limit_percent AS DOUBLE) AS limit_percent,
    is_estimate,
    tls10_last_utc AS last_utc,
    recorded < $min_recorded AS too_few
FROM connector_shares($since, $until)
WHERE direction = 'inbound' AND connector IS NOT NULL AND connector_type IS NULL AND tls10 * 100.0 > $limit_percent * recorded
ORDER BY messages DESC, connector
