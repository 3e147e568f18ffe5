-- title: Inbound OnPremises connector seeing significant No TLS mail flow
-- help: The share of recorded messages in clear text is above the limit, over the whole window.
-- severity: warning
-- advice: Your own server: turn on TLS there before clear text is refused.
-- tls: No TLS
-- params: since timestamp, until timestamp, limit_percent number, min_recorded integer, limits limits
-- result: FindingRow
SELECT *
FROM significant_share('no_tls', 'onpremises', 'inbound', $since, $until, $limit_percent, $min_recorded, $limits)
ORDER BY messages DESC, connector
