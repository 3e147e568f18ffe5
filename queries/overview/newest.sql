-- title: First and newest counted message
-- help: Of any message where none counts, and of reports where there is no message. Daily totals count as known until the end of their day only where no message tells the hour. Of messages that were forgotten the quarter hour is known.
-- result: DataSpan
WITH edge AS (
    SELECT
        min(quarter_utc) AS first_quarter,
        max(quarter_utc) FILTER (WHERE grain = 'message') AS last_quarter,
        cast(local_time(max(quarter_utc) FILTER (WHERE grain = 'day')) AS DATE) AS last_day,
        CASE WHEN count(*) FILTER (WHERE in_flow) = 0 THEN TIMESTAMP '-infinity' ELSE TIMESTAMP 'infinity' END AS nothing_counts
    FROM flow
),

exact AS (
    SELECT
        coalesce((
            SELECT min(time_utc) FROM message
            WHERE
                is_near(stored_utc, edge.first_quarter, edge.first_quarter)
                AND time_utc >= edge.first_quarter AND time_utc < edge.first_quarter + INTERVAL 15 MINUTE
        ), edge.first_quarter) AS first_utc,
        coalesce((
            SELECT max(time_utc) FROM message
            WHERE
                is_near(stored_utc, edge.last_quarter, edge.last_quarter)
                AND time_utc >= edge.last_quarter AND time_utc < edge.last_quarter + INTERVAL 15 MINUTE AND in_flow
        ), edge.last_quarter) AS last_utc,
        edge.last_day
    FROM edge
),

-- Joined by time, so that not a single message is read where one counts.
uncounted AS (
    SELECT
        min(hop.time_utc) AS first_utc,
        max(hop.time_utc) AS last_utc
    FROM edge
    INNER JOIN message AS hop ON edge.nothing_counts < hop.stored_utc
)

SELECT
    coalesce(exact.first_utc, uncounted.first_utc, reported.first_utc) AS first_utc,
    coalesce(
        CASE
            WHEN exact.last_utc IS NULL OR cast(exact.last_utc AS DATE) < exact.last_day THEN cast(exact.last_day AS TIMESTAMP) + INTERVAL 86399 SECOND
            ELSE exact.last_utc
        END,
        uncounted.last_utc,
        reported.last_utc
    ) AS last_utc,
    exact.first_utc IS NOT NULL AS is_counted
FROM exact
CROSS JOIN uncounted
CROSS JOIN (SELECT min(start_utc) AS first_utc, max(end_utc) AS last_utc FROM tls_report) AS reported
