-- title: The span of time in which other records of the same messages may lie
-- help: From the earliest to the latest of what changed, with the longest queue time on both sides. No row where nothing changed.
SELECT
    min(time_utc) - longest_queue_time() AS since_utc,
    max(time_utc) + longest_queue_time() AS until_utc
FROM (
    SELECT time_utc FROM new_key
    UNION ALL
    SELECT time_utc FROM trace.message
    WHERE rowid IN (SELECT row_no FROM affected_message)
    UNION ALL
    SELECT time_utc FROM trace.replaced_observation
    WHERE rowid IN (SELECT row_no FROM affected_observation)
)
HAVING count(*) > 0
