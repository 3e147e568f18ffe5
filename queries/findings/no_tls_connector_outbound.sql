-- title: Outbound connector seeing significant No TLS mail flow
-- help: The share of recorded messages in clear text is above the limit, over the whole window.
-- severity: warning
-- advice: Load the connector's settings to learn whose server this is; then fix your own, or ask the partner to offer STARTTLS with TLS 1.2, before clear text is refused.
-- params: since timestamp, until timestamp, limit_percent number, min_recorded integer
-- result: FindingRow
SELECT
    direction,
    connector,
    connector_type,
    no_tls AS messages,
    recorded,
    100.0 * no_tls / recorded AS percent,
    cast($limit_percent AS DOUBLE) AS limit_percent,
    is_estimate,
    no_tls_last_utc AS last_utc,
    recorded < $min_recorded AS too_few
FROM connector_shares($since, $until)
WHERE direction = 'outbound' AND connector IS NOT NULL AND connector_type IS NULL AND no_tls * 100.0 > $limit_percent * recorded
ORDER BY messages DESC, connector
