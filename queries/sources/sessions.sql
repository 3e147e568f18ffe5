-- title: Ids of sessions with a message around the time of a source
-- help: The sessions with a message in any file, from a day before the start of a source to a day after its end: a session may continue in the next file.
-- params: source_id integer
-- result: MailSession
SELECT DISTINCT message.session_id
FROM trace.message
INNER JOIN trace.source ON source.source_id = $source_id
WHERE
    message.session_id IS NOT NULL
    AND message.time_utc BETWEEN source.first_utc - INTERVAL 1 DAY AND source.last_utc + INTERVAL 1 DAY
