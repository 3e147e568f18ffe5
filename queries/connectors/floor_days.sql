-- title: What breaks if the floor is raised, by day
-- help: Messages of each day of the display zone by what would become of them; from the rollup.
-- params: since timestamp, until timestamp, direction text, any_connector boolean, connector text, system text, floor text, refuse boolean
-- result: FloorDay
SELECT
    day,
    cast(sum(messages) AS BIGINT) AS messages,
    cast(coalesce(sum(messages) FILTER (WHERE outcome = 'refused'), 0) AS BIGINT) AS refused,
    cast(coalesce(sum(messages) FILTER (WHERE outcome = 'falls back to clear text'), 0) AS BIGINT) AS falls_back,
    cast(coalesce(sum(messages) FILTER (WHERE outcome = 'stays clear text'), 0) AS BIGINT) AS stays_clear,
    cast(coalesce(sum(messages) FILTER (WHERE outcome = 'cannot be told'), 0) AS BIGINT) AS untold
FROM (
    SELECT
        day,
        forced_tls,
        sum(messages) AS messages,
        floor_outcome(tls, forced_tls, $floor, $refuse) AS outcome
    FROM flow
    WHERE
        quarter_utc >= $since AND quarter_utc < $until
        AND ($direction IS NULL OR direction = $direction)
        AND ($any_connector OR connector IS NOT DISTINCT FROM $connector)
        AND ($system IS NULL OR system = $system)
    GROUP BY day, forced_tls, tls
)
GROUP BY day
ORDER BY day
