-- title: TLS 1.1 seen
-- help: Any mail with TLS 1.1 in the window, however little.
-- severity: information
-- advice: See who they are before you refuse TLS 1.1: open the line.
-- tls: TLS 1.1
-- params: since timestamp, until timestamp
-- result: FindingRow
SELECT
    cast(sum(tls11) AS BIGINT) AS messages,
    cast(sum(recorded) AS BIGINT) AS recorded,
    100.0 * sum(tls11) / sum(recorded) AS percent,
    bool_or(is_estimate) AS is_estimate,
    max(tls11_last_utc) AS last_utc
FROM connector_shares($since, $until)
HAVING sum(tls11) > 0
