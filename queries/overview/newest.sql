-- title: First and newest counted message
-- help: Of any message where none counts. Daily totals count as known until the end of their day only where no message tells the hour.
-- result: DataSpan
WITH edge AS (
    SELECT
        min(quarter_utc) AS first_quarter,
        max(quarter_utc) FILTER (WHERE grain = 'message') AS last_quarter,
        max(day) FILTER (WHERE grain = 'day') AS last_day
    FROM flow
),

exact AS (
    SELECT
        (SELECT min(time_utc) FROM message WHERE time_utc >= edge.first_quarter AND time_utc < edge.first_quarter + INTERVAL 15 MINUTE) AS first_utc,
        (
            SELECT max(time_utc) FROM message
            WHERE
                time_utc >= edge.last_quarter AND time_utc < edge.last_quarter + INTERVAL 15 MINUTE
                AND direction IN ('inbound', 'outbound') AND status IN ('accepted', 'handed over')
        ) AS last_utc,
        edge.last_day
    FROM edge
)

SELECT
    coalesce(first_utc, (SELECT min(time_utc) FROM message)) AS first_utc,
    coalesce(
        CASE
            WHEN last_utc IS NULL OR cast(last_utc AS DATE) < last_day THEN cast(last_day AS TIMESTAMP) + INTERVAL 86399 SECOND
            ELSE last_utc
        END,
        (SELECT max(time_utc) FROM message)
    ) AS last_utc,
    first_utc IS NOT NULL AS is_counted
FROM exact
