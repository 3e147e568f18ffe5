-- title: TLS 1.0 seen
-- help: Any mail with TLS 1.0 (or SSL) in the window, however little.
-- severity: information
-- advice: See who they are before you refuse TLS 1.0: open the line.
-- tls: TLS 1.0
-- params: since timestamp, until timestamp
-- result: FindingRow
SELECT
    cast(sum(tls10) AS BIGINT) AS messages,
    cast(sum(recorded) AS BIGINT) AS recorded,
    100.0 * sum(tls10) / sum(recorded) AS percent,
    bool_or(is_estimate) AS is_estimate,
    max(tls10_last_utc) AS last_utc
FROM connector_shares($since, $until)
HAVING sum(tls10) > 0
