-- title: Messages before a moment
-- help: How many there are.
-- params: moment timestamp
SELECT coalesce(sum(messages), 0) AS messages
FROM trace.message
WHERE time_utc < $moment
