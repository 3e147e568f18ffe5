-- title: First and newest counted message
-- help: Of any message if none is counted, and of reports if there is no message. Daily totals extend to the end of their day only if no message has a time of that day. Messages deleted by retention have the quarter hour only.
-- result: DataSpan
WITH newest_quarters AS (
    SELECT
        min(quarter_utc) AS first_quarter,
        max(quarter_utc) FILTER (WHERE grain = 'message') AS last_quarter,
        cast(local_time(max(quarter_utc) FILTER (WHERE grain = 'day')) AS DATE) AS last_day,
        CASE WHEN count(*) FILTER (WHERE in_flow) = 0 THEN TIMESTAMP '-infinity' ELSE TIMESTAMP 'infinity' END AS nothing_counts
    FROM flow
),

exact_times AS (
    SELECT
        coalesce((
            SELECT min(time_utc) FROM message
            WHERE
                is_near(stored_utc, newest_quarters.first_quarter, newest_quarters.first_quarter)
                AND time_utc >= newest_quarters.first_quarter AND time_utc < newest_quarters.first_quarter + INTERVAL 15 MINUTE
        ), newest_quarters.first_quarter) AS first_utc,
        coalesce((
            SELECT max(time_utc) FROM message
            WHERE
                is_near(stored_utc, newest_quarters.last_quarter, newest_quarters.last_quarter)
                AND time_utc >= newest_quarters.last_quarter AND time_utc < newest_quarters.last_quarter + INTERVAL 15 MINUTE AND in_flow
        ), newest_quarters.last_quarter) AS last_utc,
        newest_quarters.last_day
    FROM newest_quarters
),

-- Joined by time, so that not a single message is read where one counts.
uncounted_times AS (
    SELECT
        min(hop.time_utc) AS first_utc,
        max(hop.time_utc) AS last_utc
    FROM newest_quarters
    INNER JOIN message AS hop ON newest_quarters.nothing_counts < hop.stored_utc
)

SELECT
    coalesce(exact_times.first_utc, uncounted_times.first_utc, reported.first_utc) AS first_utc,
    coalesce(
        CASE
            WHEN exact_times.last_utc IS NULL OR cast(exact_times.last_utc AS DATE) < exact_times.last_day THEN cast(exact_times.last_day AS TIMESTAMP) + INTERVAL 86399 SECOND
            ELSE exact_times.last_utc
        END,
        uncounted_times.last_utc,
        reported.last_utc
    ) AS last_utc,
    exact_times.first_utc IS NOT NULL AS is_counted
FROM exact_times
CROSS JOIN uncounted_times
CROSS JOIN (SELECT min(start_utc) AS first_utc, max(end_utc) AS last_utc FROM tls_report) AS reported
