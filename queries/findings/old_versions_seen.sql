-- title: Old versions seen
-- help: Any mail with the TLS version of the title (TLS 1.0 includes SSL) in the window, however little.
-- severity: information
-- finding: tls10_seen | TLS 1.0 | TLS 1.0 seen | See who uses it (mailflow show who --tls 1.0) before you refuse TLS 1.0.
-- finding: tls11_seen | TLS 1.1 | TLS 1.1 seen | See who uses it (mailflow show who --tls 1.1) before you refuse TLS 1.1.
-- params: since timestamp, until timestamp
-- result: FindingRow
WITH seen AS (
    SELECT
        unnest([
            { 'finding': 'tls10_seen', 'messages': sum(tls10), 'last_utc': max(tls10_last_utc) },
            { 'finding': 'tls11_seen', 'messages': sum(tls11), 'last_utc': max(tls11_last_utc) }
        ]) AS of_version,
        sum(recorded) AS recorded,
        bool_or(is_estimate) AS is_estimate
    FROM connector_shares($since, $until)
)

SELECT
    of_version.finding,
    cast(of_version.messages AS BIGINT) AS messages,
    cast(recorded AS BIGINT) AS recorded,
    100.0 * of_version.messages / recorded AS percent,
    is_estimate,
    of_version.last_utc
FROM seen
WHERE of_version.messages > 0
