-- title: What-if: minimum TLS version, by connector
-- help: Each connector's messages by their outcome, over a span; from the rollup.
-- params: since timestamp, until timestamp, direction text, any_connector boolean, connector text, system text, minimum_tls text, refuse boolean
-- result: WhatIfConnector
WITH used AS (
    SELECT
        cast(raw_direction AS VARCHAR) AS direction,
        connector,
        lower(connector) AS of_name,
        recorded_type,
        recorded_forced,
        cast(raw_tls AS VARCHAR) AS tls,
        sum(messages) AS messages,
        bool_or(is_estimate) AS is_estimate
    FROM flow
    WHERE
        quarter_utc >= $since AND quarter_utc < $until
        AND ($direction IS NULL OR direction = $direction)
        AND ($any_connector OR connector IS NOT DISTINCT FROM $connector)
        AND ($system IS NULL OR system = $system)
    GROUP BY raw_direction, connector, recorded_type, recorded_forced, raw_tls
)

SELECT
    direction,
    connector,
    any_value(connector_type) AS connector_type,
    bool_or(forced_tls) AS forced_tls,
    cast(sum(messages) AS BIGINT) AS messages,
    cast(coalesce(sum(messages) FILTER (WHERE outcome = 'as now'), 0) AS BIGINT) AS as_now,
    cast(coalesce(sum(messages) FILTER (WHERE outcome = 'refused'), 0) AS BIGINT) AS refused,
    cast(coalesce(sum(messages) FILTER (WHERE outcome = 'falls back to clear text'), 0) AS BIGINT) AS falls_back,
    cast(coalesce(sum(messages) FILTER (WHERE outcome = 'stays clear text'), 0) AS BIGINT) AS stays_clear,
    cast(coalesce(sum(messages) FILTER (WHERE outcome = 'not recorded'), 0) AS BIGINT) AS not_recorded,
    bool_or(is_estimate) AS is_estimate
FROM (
    SELECT
        *,
        what_if_outcome(tls, forced_tls, $minimum_tls, $refuse) AS outcome
    FROM (
        SELECT
            used.direction,
            used.connector,
            used.tls,
            used.messages,
            used.is_estimate,
            CASE WHEN used.connector IS NOT NULL THEN coalesce(setting.connector_type, used.recorded_type) END AS connector_type,
            CASE WHEN used.connector IS NOT NULL THEN coalesce(setting.forced_tls, used.recorded_forced) END AS forced_tls
        FROM used
        LEFT JOIN setting_of AS setting ON used.of_name = setting.of_name AND used.direction = setting.direction
    )
)
GROUP BY direction, connector
ORDER BY refused DESC, falls_back DESC, stays_clear DESC, direction, connector NULLS LAST
