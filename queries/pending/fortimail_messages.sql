-- title: FortiMail sessions that may continue in another file
-- help: The log does not record the end of a session, so the connections of a file's first and last five minutes are pending, and messages without their from= line or with undelivered recipients.
WITH file_spans AS (
    SELECT
        source_id,
        min(time_utc) AS first_utc,
        max(time_utc) AS last_utc
    FROM raw
    WHERE kind IS NOT NULL
    GROUP BY source_id
),

open_connections AS (
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
    string_split(session_id, '-')[1] IN (SELECT connection_id FROM open_connections)
    OR string_split(session_id, '-')[1] IN (
        SELECT string_split(entry.session_id, '-')[1]
        FROM raw AS entry
        INNER JOIN file_spans ON entry.source_id = file_spans.source_id
        WHERE entry.time_utc < file_spans.first_utc + INTERVAL 5 MINUTE OR entry.time_utc > file_spans.last_utc - INTERVAL 5 MINUTE
    )
