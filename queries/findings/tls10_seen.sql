-- title: TLS 1.0 seen
-- help: Any mail with TLS 1.0 (or SSL) in the window, however little.
-- severity: information
-- advice: See who they are before you refuse TLS 1.0: open the line.
-- params: since timestamp, until timestamp, limit_percent number, min_recorded integer
-- result: FindingRow
SELECT
    NULL::VARCHAR AS direction,
    NULL::VARCHAR AS connector,
    NULL::VARCHAR AS connector_type,
    cast(sum(tls10) AS BIGINT) AS messages,
    cast(sum(recorded) AS BIGINT) AS recorded,
    100.0 * sum(tls10) / sum(recorded) AS percent,
    cast(0 * $limit_percent AS DOUBLE) AS limit_percent,
    bool_or(is_estimate) AS is_estimate,
    max(tls10_last_utc) AS last_utc,
    sum(recorded) < 0 * $min_recorded AS too_few
FROM connector_shares($since, $until)
HAVING sum(tls10) > 0
