-- title: Days whose messages changed, in runs
-- help: Consecutive days are one run; its first day and the day after its last.
SELECT
    cast(min(day) AS TIMESTAMP) AS since_utc,
    cast(max(day) + 1 AS TIMESTAMP) AS until_utc
FROM (
    SELECT
        day,
        day - cast(row_number() OVER (ORDER BY day) AS INTEGER) AS run
    FROM (SELECT DISTINCT day FROM source_change WHERE day IS NOT NULL)
)
GROUP BY run
ORDER BY since_utc
