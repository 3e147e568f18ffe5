-- title: The newest message is old
-- help: The newest counted message is older than stale_hours; only mailflow check reports this.
-- severity: information
-- advice: Check whether the export or the job that loads the files still runs.
-- params: now timestamp, max_age_hours number
-- result: FindingRow
WITH newest_quarters AS (
    SELECT
        cast(sum(messages) AS BIGINT) AS messages,
        bool_or(is_estimate) AS is_estimate,
        max(quarter_utc) FILTER (WHERE grain = 'message') AS quarter_utc,
        max(quarter_utc) FILTER (WHERE grain = 'day') AS day_utc
    FROM flow
),

newest_messages AS (
    SELECT
        newest_quarters.messages,
        newest_quarters.is_estimate,
        newest_quarters.day_utc,
        (
            SELECT max(message.time_utc) FROM message
            WHERE
                message.time_utc >= newest_quarters.quarter_utc AND message.time_utc < newest_quarters.quarter_utc + INTERVAL 15 MINUTE
                AND message.in_flow
        ) AS message_utc
    FROM newest_quarters
),

-- A daily total counts until the end of its day, if no message has a time of that day.
newest_times AS (
    SELECT
        messages,
        is_estimate,
        CASE
            WHEN message_utc IS NULL OR message_utc < day_utc THEN day_utc + INTERVAL 86399 SECOND
            ELSE message_utc
        END AS last_utc
    FROM newest_messages
)

SELECT
    messages AS recorded,
    is_estimate,
    last_utc,
    'no message in the last ' || counted(date_diff('minute', last_utc, cast($now AS TIMESTAMP)) // 60, 'hour', FALSE) AS evidence
FROM newest_times
WHERE last_utc < cast($now AS TIMESTAMP) - to_seconds($max_age_hours * 3600)
