-- title: Postfix, lines by process and message
-- help: Where each line is in its process and in its message.

-- Lines with where they stand in time: stamps may have one second only, and files may be read in any order.
CREATE OR REPLACE MACRO postfix_lines(relation, files) AS TABLE  -- noqa: CP05
SELECT
    told.line_no,
    told.source_id,
    told.kind,
    told.time_utc,
    told.process,
    told.message,
    file.first_utc
FROM query_table(relation) AS told INNER JOIN query_table(files) AS file ON told.source_id = file.source_id;

-- Short queue ids are used again: a message is its id and how often this began anew before. Only rows of ids that did.
CREATE OR REPLACE MACRO postfix_attempts(relation, files) AS TABLE  -- noqa: CP05
SELECT
    line_no,
    count(*) FILTER (WHERE kind = 'client'::POSTFIX_KIND OR kind = 'begun'::POSTFIX_KIND) OVER so_far
    + coalesce(count(*) FILTER (WHERE kind = 'removed'::POSTFIX_KIND) OVER before_it, 0) AS turn_no
FROM postfix_lines(relation, files)
WHERE message IN (
    SELECT message
    FROM query_table(relation)
    WHERE kind = 'removed'::POSTFIX_KIND OR kind = 'message id'::POSTFIX_KIND
    GROUP BY message
    HAVING count(CASE WHEN kind = 'removed'::POSTFIX_KIND THEN 1 END) > 1 OR count(CASE WHEN kind = 'message id'::POSTFIX_KIND THEN 1 END) > 1
)
WINDOW
    so_far AS (PARTITION BY message ORDER BY time_utc, first_utc, line_no ROWS UNBOUNDED PRECEDING),
    before_it AS (PARTITION BY message ORDER BY time_utc, first_utc, line_no ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING);

-- Where each line stands in its process. The mark of a line is that of the last line that says something of TLS: 0 the end of a session, 1 the begin of one
-- that had no TLS since, else what smtpd agreed on, or two and the number of smtp's line with TLS.
CREATE OR REPLACE MACRO postfix_marks(relation, files) AS TABLE  -- noqa: CP05
SELECT
    line_no,
    kind,
    last_value(
        CASE kind
            WHEN 'tls'::POSTFIX_KIND THEN protocol
            WHEN 'tls out'::POSTFIX_KIND THEN cast(line_no + 2 AS UBIGINT)
            WHEN 'connect'::POSTFIX_KIND THEN 1::UBIGINT
            WHEN 'disconnect'::POSTFIX_KIND THEN 0::UBIGINT
        END IGNORE NULLS
    ) OVER (PARTITION BY process ORDER BY time_utc, first_utc, line_no ROWS UNBOUNDED PRECEDING) AS mark,
    last_value(CASE WHEN kind <= 'disconnect'::POSTFIX_KIND OR kind = 'tls'::POSTFIX_KIND THEN line_no END IGNORE NULLS)
        OVER (PARTITION BY process ORDER BY time_utc, first_utc, line_no ROWS UNBOUNDED PRECEDING) AS visit,
    lead(message) OVER (PARTITION BY process ORDER BY time_utc, first_utc, line_no) AS next_message,
    time_utc,
    protocol,
    relay
FROM (
    SELECT
        told.line_no,
        told.kind,
        told.time_utc,
        told.process,
        told.message,
        file.first_utc,
        CASE WHEN told.kind BETWEEN 'tls'::POSTFIX_KIND AND 'tls out'::POSTFIX_KIND THEN hash(postfix_agreed(told.text)) END AS protocol,
        CASE WHEN told.kind = 'tls out'::POSTFIX_KIND THEN hash(string_split(told.text, ' ')[1]) END AS relay
    FROM query_table(relation) AS told
    INNER JOIN query_table(files) AS file ON told.source_id = file.source_id
    WHERE
        told.kind <= 'disconnect'::POSTFIX_KIND OR told.kind BETWEEN 'tls'::POSTFIX_KIND AND 'tls out'::POSTFIX_KIND
        OR told.kind BETWEEN 'reject'::POSTFIX_KIND AND 'delivery'::POSTFIX_KIND
);

-- What the queue says of each message. One recipient is told here; lists are dear, and only for messages with more of them.
CREATE OR REPLACE MACRO postfix_messages(relation, turns) AS TABLE  -- noqa: CP05
SELECT
    told.message,
    coalesce(turn.turn_no, 0) AS turn_no,
    any_value(CASE WHEN told.kind = 'message id'::POSTFIX_KIND THEN told.text END) AS message_id,
    any_value(CASE WHEN told.kind = 'queued'::POSTFIX_KIND THEN told.text END) AS envelope,
    min(CASE WHEN told.kind = 'dropped'::POSTFIX_KIND THEN told.text END) AS dropped,
    min(CASE WHEN told.kind = 'queued'::POSTFIX_KIND THEN told.time_utc END) AS queued_utc,
    bool_or(told.kind = 'expired'::POSTFIX_KIND) AS has_expired,
    any_value(
        CASE
            WHEN told.kind = 'stored'::POSTFIX_KIND THEN told.text
            WHEN told.kind = 'delivery'::POSTFIX_KIND THEN postfix_recipient(substr(told.text, strpos(told.text, ': ') + 2))
        END
    ) AS recipient,
    count(CASE WHEN told.kind = 'stored'::POSTFIX_KIND OR told.kind = 'delivery'::POSTFIX_KIND THEN 1 END) AS recipient_count
FROM query_table(relation) AS told
LEFT JOIN query_table(turns) AS turn ON told.line_no = turn.line_no
WHERE (told.kind BETWEEN 'expired'::POSTFIX_KIND AND 'stored'::POSTFIX_KIND OR told.kind = 'delivery'::POSTFIX_KIND) AND NOT told.is_evidence
GROUP BY ALL;

-- Whom each message with several recipients went to.
CREATE OR REPLACE MACRO postfix_recipients(relation, turns, crowds) AS TABLE  -- noqa: CP05
SELECT
    crowd.message,
    crowd.turn_no,
    list_sort(list_distinct(list(
        CASE WHEN told.kind = 'stored'::POSTFIX_KIND THEN told.text ELSE postfix_recipient(substr(told.text, strpos(told.text, ': ') + 2)) END
    ))) AS recipients
FROM query_table(relation) AS told
LEFT JOIN query_table(turns) AS turn ON told.line_no = turn.line_no
INNER JOIN query_table(crowds) AS crowd ON told.message = crowd.message AND coalesce(turn.turn_no, 0) = crowd.turn_no
WHERE (told.kind = 'stored'::POSTFIX_KIND OR told.kind = 'delivery'::POSTFIX_KIND) AND NOT told.is_evidence
GROUP BY ALL;
