-- title: First and last seen, by TLS version
-- help: Each direction's TLS versions over the whole file: messages, and the times of the first and the last one; daily totals have the day only.
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

-- The flow has quarter hours; the rollup of peers has seconds.
exact_times AS (
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
    CASE WHEN exact_times.first_utc < version.first_quarter + INTERVAL 15 MINUTE THEN exact_times.first_utc ELSE version.first_quarter END AS first_utc,
    CASE WHEN exact_times.last_utc >= version.last_quarter THEN exact_times.last_utc ELSE version.last_quarter END AS last_utc
FROM version
LEFT JOIN exact_times ON version.direction = exact_times.direction AND version.tls = exact_times.tls
ORDER BY version.direction, tls_rank(version.tls) NULLS LAST, version.tls
