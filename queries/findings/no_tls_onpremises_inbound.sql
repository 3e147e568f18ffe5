-- title: Inbound OnPremises connector seeing significant No TLS mail flow
-- help: The share of recorded messages in clear text is above the limit, over the whole window.
-- severity: warning
-- advice: Your own server: turn on TLS there before clear text is refused.
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
WHERE direction = 'inbound' AND connector_type = 'OnPremises' AND no_tls * 100.0 > $limit_percent * recorded
ORDER BY messages DESC, connector
