-- title: Postfix: lines by process and message
-- help: The position of each line in its process and in its message.

-- Return lines with the start of their file, for ordering: timestamps may have whole seconds only, and files are read in any order.
CREATE OR REPLACE MACRO postfix_lines(relation, files) AS TABLE  -- noqa: CP05
SELECT
    entry.line_no,
    entry.source_id,
    entry.kind,
    entry.time_utc,
    entry.process,
    entry.message,
    file.first_utc
FROM query_table(relation) AS entry INNER JOIN query_table(files) AS file ON entry.source_id = file.source_id;

-- Return the lines of reused queue ids with use_no, how often the id was used so far. Postfix reuses short queue ids, so id and use_no identify a message.
CREATE OR REPLACE MACRO postfix_queue_id_uses(relation, files) AS TABLE  -- noqa: CP05
SELECT
    line_no,
    count(*) FILTER (WHERE kind = 'client'::POSTFIX_KIND OR kind = 'begun'::POSTFIX_KIND) OVER so_far
    + coalesce(count(*) FILTER (WHERE kind = 'removed'::POSTFIX_KIND) OVER before_it, 0) AS use_no
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

-- Return the TLS state of each line's process: 0 after the end of a session, 1 in a session without TLS so far, the hash of the negotiated TLS after
-- smtpd's TLS line, or line_no + 2 of smtp's last TLS line.
CREATE OR REPLACE MACRO postfix_tls_states(relation, files) AS TABLE  -- noqa: CP05
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
    ) OVER (PARTITION BY process ORDER BY time_utc, first_utc, line_no ROWS UNBOUNDED PRECEDING) AS tls_state,
    last_value(CASE WHEN kind <= 'disconnect'::POSTFIX_KIND OR kind = 'tls'::POSTFIX_KIND THEN line_no END IGNORE NULLS)
        OVER (PARTITION BY process ORDER BY time_utc, first_utc, line_no ROWS UNBOUNDED PRECEDING) AS session_line_no,
    lead(message) OVER (PARTITION BY process ORDER BY time_utc, first_utc, line_no) AS next_message,
    time_utc,
    protocol,
    relay
FROM (
    SELECT
        entry.line_no,
        entry.kind,
        entry.time_utc,
        entry.process,
        entry.message,
        file.first_utc,
        CASE WHEN entry.kind BETWEEN 'tls'::POSTFIX_KIND AND 'tls out'::POSTFIX_KIND THEN hash(postfix_negotiated(entry.text)) END AS protocol,
        CASE WHEN entry.kind = 'tls out'::POSTFIX_KIND THEN hash(string_split(entry.text, ' ')[1]) END AS relay
    FROM query_table(relation) AS entry
    INNER JOIN query_table(files) AS file ON entry.source_id = file.source_id
    WHERE
        entry.kind <= 'disconnect'::POSTFIX_KIND OR entry.kind BETWEEN 'tls'::POSTFIX_KIND AND 'tls out'::POSTFIX_KIND
        OR entry.kind BETWEEN 'reject'::POSTFIX_KIND AND 'delivery'::POSTFIX_KIND
);

-- Return the queue's data of each message. It has one recipient only: lists are slow, and only messages with several recipients need them.
CREATE OR REPLACE MACRO postfix_messages(relation, queue_id_uses) AS TABLE  -- noqa: CP05
SELECT
    entry.message,
    coalesce(queue_id_use.use_no, 0) AS use_no,
    any_value(CASE WHEN entry.kind = 'message id'::POSTFIX_KIND THEN entry.text END) AS message_id,
    any_value(CASE WHEN entry.kind = 'queued'::POSTFIX_KIND THEN entry.text END) AS envelope,
    min(CASE WHEN entry.kind = 'dropped'::POSTFIX_KIND THEN entry.text END) AS dropped,
    min(CASE WHEN entry.kind = 'queued'::POSTFIX_KIND THEN entry.time_utc END) AS queued_utc,
    bool_or(entry.kind = 'expired'::POSTFIX_KIND) AS has_expired,
    any_value(
        CASE
            WHEN entry.kind = 'stored'::POSTFIX_KIND THEN entry.text
            WHEN entry.kind = 'delivery'::POSTFIX_KIND THEN postfix_recipient(substr(entry.text, strpos(entry.text, ': ') + 2))
        END
    ) AS recipient,
    count(CASE WHEN entry.kind = 'stored'::POSTFIX_KIND OR entry.kind = 'delivery'::POSTFIX_KIND THEN 1 END) AS recipient_count
FROM query_table(relation) AS entry
LEFT JOIN query_table(queue_id_uses) AS queue_id_use ON entry.line_no = queue_id_use.line_no
WHERE (entry.kind BETWEEN 'expired'::POSTFIX_KIND AND 'stored'::POSTFIX_KIND OR entry.kind = 'delivery'::POSTFIX_KIND) AND NOT entry.is_evidence
GROUP BY ALL;

-- Return the recipients of each message with several of them.
CREATE OR REPLACE MACRO postfix_recipients(relation, queue_id_uses, multi_recipient_messages) AS TABLE  -- noqa: CP05
SELECT
    multi_recipient.message,
    multi_recipient.use_no,
    list_sort(list_distinct(list(
        CASE WHEN entry.kind = 'stored'::POSTFIX_KIND THEN entry.text ELSE postfix_recipient(substr(entry.text, strpos(entry.text, ': ') + 2)) END
    ))) AS recipients
FROM query_table(relation) AS entry
LEFT JOIN query_table(queue_id_uses) AS queue_id_use ON entry.line_no = queue_id_use.line_no
INNER JOIN query_table(multi_recipient_messages) AS multi_recipient ON entry.message = multi_recipient.message AND coalesce(queue_id_use.use_no, 0) = multi_recipient.use_no
WHERE (entry.kind = 'stored'::POSTFIX_KIND OR entry.kind = 'delivery'::POSTFIX_KIND) AND NOT entry.is_evidence
GROUP BY ALL;
