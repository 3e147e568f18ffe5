-- title: FortiMail sessions that may go on in another file
-- help: A log does not tell where a session ends, so the connections of a file's first and last five minutes wait, and messages without their from= line or with recipients to come.
WITH edge AS (
    SELECT
        source_id,
        min(time_utc) AS first_utc,
        max(time_utc) AS last_utc
    FROM raw
    WHERE kind IS NOT NULL
    GROUP BY source_id
),

put_off AS (
    SELECT string_split(session_id, '-')[1] AS connection_id
    FROM raw
    WHERE kind IN ('from', 'to')
    GROUP BY session_id
    HAVING
        min(source_id) < max(source_id)
        OR coalesce(sum(len(sendmail_recipients(substr(text, 4)))) FILTER (WHERE kind = 'to' AND sendmail_status(text) IN ('delivered', 'bounced')), 0)
        < coalesce(max(coalesce(try_cast(sendmail_field(text, 'nrcpts') AS INTEGER), 1)) FILTER (WHERE kind = 'from'), 1000000)
)

SELECT line_no
FROM raw
WHERE
    string_split(session_id, '-')[1] IN (SELECT connection_id FROM put_off)
    OR string_split(session_id, '-')[1] IN (
        SELECT string_split(told.session_id, '-')[1]
        FROM raw AS told
        INNER JOIN edge ON told.source_id = edge.source_id
        WHERE told.time_utc < edge.first_utc + INTERVAL 5 MINUTE OR told.time_utc > edge.last_utc - INTERVAL 5 MINUTE
    )
