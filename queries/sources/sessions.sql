-- title: Sessions with mail around the time of a source
-- help: The sessions that any file tells a message of, from a day before a source begins to a day after it ends: a session may go on in the next file.
-- params: source_id integer
-- result: MailSession
SELECT DISTINCT message.session_id
FROM trace.message
INNER JOIN trace.source ON source.source_id = $source_id
WHERE
    message.session_id IS NOT NULL
    AND message.time_utc BETWEEN source.first_utc - INTERVAL 1 DAY AND source.last_utc + INTERVAL 1 DAY
