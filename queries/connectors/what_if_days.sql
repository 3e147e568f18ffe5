-- title: What-if: minimum TLS version, by day
-- help: Messages of each day of the display zone by their outcome; from the rollup.
-- params: since timestamp, until timestamp, direction text, any_connector boolean, connector text, system text, minimum_tls text, refuse boolean
-- result: WhatIfDay
WITH used AS (
    SELECT
        day,
        cast(raw_direction AS VARCHAR) AS direction,
        connector,
        lower(connector) AS of_name,
        recorded_forced,
        cast(raw_tls AS VARCHAR) AS tls,
        sum(messages) AS messages
    FROM flow
    WHERE
        quarter_utc >= $since AND quarter_utc < $until
        AND ($direction IS NULL OR direction = $direction)
        AND ($any_connector OR connector IS NOT DISTINCT FROM $connector)
        AND ($system IS NULL OR system = $system)
    GROUP BY day, raw_direction, connector, recorded_forced, raw_tls
)

SELECT
    day,
    cast(sum(messages) AS BIGINT) AS messages,
    cast(coalesce(sum(messages) FILTER (WHERE outcome = 'refused'), 0) AS BIGINT) AS refused,
    cast(coalesce(sum(messages) FILTER (WHERE outcome = 'falls back to clear text'), 0) AS BIGINT) AS falls_back,
    cast(coalesce(sum(messages) FILTER (WHERE outcome = 'stays clear text'), 0) AS BIGINT) AS stays_clear,
    cast(coalesce(sum(messages) FILTER (WHERE outcome = 'not recorded'), 0) AS BIGINT) AS not_recorded
FROM (
    SELECT
        used.day,
        used.messages,
        what_if_outcome(
            used.tls, CASE WHEN used.connector IS NOT NULL THEN coalesce(setting.forced_tls, used.recorded_forced) END, $minimum_tls, $refuse
        ) AS outcome
    FROM used
    LEFT JOIN setting_of AS setting ON used.of_name = setting.of_name AND used.direction = setting.direction
)
GROUP BY day
ORDER BY day
