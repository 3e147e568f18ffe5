-- title: First and last seen, by TLS version
-- help: Each direction's TLS versions over the whole file: messages, and when the first and the last one was; of daily totals only the day is known.
-- result: VersionSpan
WITH version AS (
    SELECT
        cast(raw_direction AS VARCHAR) AS direction,
        cast(raw_tls AS VARCHAR) AS tls,
        cast(sum(messages) AS BIGINT) AS messages,
        bool_or(is_estimate) AS is_estimate,
        min(quarter_utc) AS first_quarter,
        max(quarter_utc) AS last_quarter
    FROM flow
    GROUP BY raw_direction, raw_tls
),

-- The flow knows quarter hours; what peers used is known to the second.
exact AS (
    SELECT
        cast(raw_direction AS VARCHAR) AS direction,
        cast(raw_tls AS VARCHAR) AS tls,
        min(first_utc) AS first_utc,
        max(last_utc) AS last_utc
    FROM peer_flow
    GROUP BY raw_direction, raw_tls
)

SELECT
    version.direction,
    version.tls,
    version.messages,
    version.is_estimate,
    CASE WHEN exact.first_utc < version.first_quarter + INTERVAL 15 MINUTE THEN exact.first_utc ELSE version.first_quarter END AS first_utc,
    CASE WHEN exact.last_utc >= version.last_quarter THEN exact.last_utc ELSE version.last_quarter END AS last_utc
FROM version
LEFT JOIN exact ON version.direction = exact.direction AND version.tls = exact.tls
ORDER BY version.direction, tls_rank(version.tls) NULLS LAST, version.tls
