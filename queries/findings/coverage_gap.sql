-- title: Days without any message
-- help: Between the first and the last day with mail in a direction there are days on which no file has a message in that direction, whatever its status.
-- severity: information
-- advice: Files of these days are missing, or no mail flowed: check Sources before you compare days.
-- params: since timestamp, until timestamp
-- result: FindingRow
WITH seen AS (
    SELECT DISTINCT
        cast(direction AS VARCHAR) AS direction,
        cast(local_time(moment_of(grain, quarter_utc)) AS DATE) AS day
    FROM (SELECT DISTINCT direction, grain, quarter_utc FROM trace.flow_quarter)
),

span AS (
    SELECT
        direction,
        greatest(min(day), cast(local_time(cast($since AS TIMESTAMP)) AS DATE)) AS first_day,
        least(max(day), cast(local_time(cast($until AS TIMESTAMP) - INTERVAL 1 SECOND) AS DATE)) AS last_day,
        cast(coalesce(sum(messages) FILTER (WHERE quarter_utc >= $since AND quarter_utc < $until), 0) AS BIGINT) AS messages,
        coalesce(bool_or(is_estimate) FILTER (WHERE quarter_utc >= $since AND quarter_utc < $until), FALSE) AS is_estimate
    FROM flow
    GROUP BY direction
),

expected_days AS (
    SELECT
        direction,
        cast(unnest(generate_series(first_day, last_day, INTERVAL 1 DAY)) AS DATE) AS day
    FROM span
),

missing AS (
    SELECT
        expected_days.direction,
        expected_days.day,
        expected_days.day - cast(row_number() OVER (PARTITION BY expected_days.direction ORDER BY expected_days.day) AS INTEGER) AS run
    FROM expected_days
    ANTI JOIN seen ON expected_days.direction = seen.direction AND expected_days.day = seen.day
),

runs AS (
    SELECT
        direction,
        min(day) AS first_day,
        max(day) AS last_day
    FROM missing
    GROUP BY direction, run
),

gap AS (
    SELECT
        direction,
        string_agg(
            CASE
                WHEN first_day = last_day THEN day_words(first_day)
                ELSE day_words(first_day) || CASE WHEN last_day - first_day = 1 THEN ', ' ELSE ' – ' END || day_words(last_day)
            END, ', ' ORDER BY first_day
        ) AS days
    FROM runs
    GROUP BY direction
)

SELECT
    gap.direction,
    span.messages AS recorded,
    span.is_estimate,
    'all mail flow' AS what,
    'no message on ' || gap.days AS evidence
FROM gap
INNER JOIN span ON gap.direction = span.direction
ORDER BY gap.direction
