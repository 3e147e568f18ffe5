-- title: Days and hours that the files cover
-- help: One row per day of the display zone and direction between the first and the newest counted message, also for days without any; hours are the messages of each of its 24 hours, NULL if there are only daily totals.
-- params: since timestamp, until timestamp
-- result: CoverageDay
WITH span AS (
    SELECT min(day) AS first_day, max(day) AS last_day FROM flow
),

counted AS (
    SELECT
        day,
        direction,
        hour(quarter_local) AS hour_no,
        sum(messages) AS messages,
        bool_and(grain = 'day') AS only_totals
    FROM flow
    GROUP BY ALL
),

grid AS (
    SELECT
        cast(days.day AS DATE) AS day,
        directions.direction
    FROM (SELECT unnest(generate_series(first_day, last_day, INTERVAL 1 DAY)) AS day FROM span) AS days
    CROSS JOIN (SELECT DISTINCT direction FROM flow) AS directions
)

SELECT
    grid.day,
    grid.direction,
    cast(coalesce(sum(counted.messages), 0) AS BIGINT) AS messages,
    CASE
        WHEN NOT coalesce(bool_and(counted.only_totals), FALSE)
            THEN list(cast(coalesce(counted.messages, 0) AS BIGINT) ORDER BY hours.hour_no)
    END AS hours
FROM grid
CROSS JOIN (SELECT unnest(range(24)) AS hour_no) AS hours
LEFT JOIN counted ON grid.day = counted.day AND grid.direction = counted.direction AND hours.hour_no = counted.hour_no
WHERE grid.day >= cast(local_time($since) AS DATE) AND grid.day < cast(local_time($until) AS DATE)
GROUP BY grid.day, grid.direction
ORDER BY grid.day DESC, grid.direction DESC
