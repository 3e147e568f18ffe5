-- title: Outbound mail without a connector seeing significant No TLS mail flow
-- help: The share of recorded messages in clear text is above the limit, over the whole window.
-- severity: warning
-- advice: Other people's servers: you cannot fix them. See who they are, and ask those whose mail matters.
-- tls: No TLS
-- params: since timestamp, until timestamp, limit_percent number, min_recorded integer, limits limits
-- result: FindingRow
SELECT *
FROM significant_share('no_tls', 'none', 'outbound', $since, $until, $limit_percent, $min_recorded, $limits)
ORDER BY messages DESC, connector
