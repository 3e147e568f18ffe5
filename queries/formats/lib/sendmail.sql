-- title: Sendmail, line by line
-- help: What lines of sendmail mean, and what of them is kept.

-- A field of a line: relay=mx1.partner.example. [203.0.113.9]
CREATE OR REPLACE MACRO sendmail_field(text, name) AS nullif(string_split(string_split(text, ', ' || name || '=')[2], ', ')[1], '');

-- Who the other side is, as both lines of a connection name it: without the final dot, the address and the doubt.
CREATE OR REPLACE MACRO sendmail_host(relay) AS lower(rtrim(string_split(relay, ' ')[1], '.'));

CREATE OR REPLACE MACRO sendmail_address(relay) AS address_of(nullif(regexp_extract(relay, '\[([^\]]+)\][^\[]*$', 1), ''));

-- The addresses behind to=: <a@partner.example>,<b@partner.example>
CREATE OR REPLACE MACRO sendmail_names(text) AS list_transform(string_split(string_split(text, ', ')[1], ','), LAMBDA name: trim(name, '<> '));

CREATE OR REPLACE MACRO sendmail_kind_of(who, topic, word) AS CASE
    WHEN NOT (contains(who, ' sm-') OR contains(who, ' sendmail')) THEN NULL
    WHEN starts_with(word, 'to=') THEN CASE WHEN contains(word, ', stat=') THEN 'to' ELSE 'damaged' END
    WHEN starts_with(word, 'from=') THEN 'from'
    WHEN starts_with(topic, 'STARTTLS=') THEN CASE
        WHEN contains(topic, ', version=') THEN CASE WHEN starts_with(topic, 'STARTTLS=server') THEN 'tls' ELSE 'tls out' END
        WHEN contains(topic, 'error') THEN 'failure'
    END
    WHEN starts_with(topic, 'AUTH=server') THEN 'auth'
    WHEN starts_with(word, 'ruleset=') AND contains(word, ', reject=') THEN 'reject'
    WHEN word = 'Milter' OR (starts_with(word, '<') AND contains(word, '>... ')) THEN 'reject'
    WHEN starts_with(word, 'connect from ') THEN 'connect'
END;

-- What matters of a log of sendmail. Every row stays, so that rows keep their line numbers; what the hops do not need is NULL.
CREATE OR REPLACE MACRO sendmail_rows(relation, files) AS TABLE  -- noqa: CP05
SELECT
    source_id,
    kind,
    time_utc,
    CASE WHEN kind IS NOT NULL THEN who END AS who,
    CASE WHEN contains('to from reject', kind) THEN nullif(topic, 'NOQUEUE') END AS queue_id,
    CASE WHEN kind IS NOT NULL THEN text END AS text,
    -- Whom the process talks to, as text that the TLS line and the line of the message share.
    CASE kind
        WHEN 'tls' THEN sendmail_field(text, 'relay')
        WHEN 'auth' THEN sendmail_field(text, 'relay')
        WHEN 'connect' THEN substr(text, 14)
        WHEN 'from' THEN sendmail_field(text, 'relay')
        WHEN 'tls out' THEN sendmail_host(sendmail_field(text, 'relay'))
        WHEN 'to' THEN sendmail_host(sendmail_field(text, 'relay'))
    END AS peer,
    CASE
        WHEN kind = 'damaged' THEN 'the line ends before its status'
        WHEN kind IS NOT NULL AND time_utc IS NULL THEN 'the line has no time'
    END AS problem
FROM (
    SELECT
        *,
        CASE WHEN kind IS NOT NULL THEN syslog_utc(stamp, modified, log_zone) END AS time_utc,
        CASE
            WHEN kind IN ('tls', 'tls out', 'auth', 'failure') THEN substr(line, length(head) + 3)
            WHEN kind IS NOT NULL THEN substr(line, length(head) + length(topic) + 5)
        END AS text
    FROM (
        SELECT
            *,
            sendmail_kind_of(who, topic, word) AS kind
        FROM (
            SELECT
                *,
                substr(head, stamp_length(head) + 1) AS who,
                plain_stamp(head) AS stamp
            FROM (
                SELECT
                    told.source_id,
                    told.line,
                    file.modified[told.source_id - file.before_id] AS modified,
                    file.log_zone,
                    string_split(told.line, ': ')[1] AS head,
                    split_part(told.line, ': ', 2) AS topic,
                    split_part(told.line, ': ', 3) AS word
                FROM (SELECT source_id, log_line(line) AS line FROM query_table(relation)) AS told
                CROSS JOIN log_clock(files) AS file
            )
        )
    )
);

-- From when to when each file tells of a server, and since when its log is known without a gap.
CREATE OR REPLACE MACRO sendmail_spans(relation) AS TABLE  -- noqa: CP05
WITH told AS (  -- noqa: ST03
    SELECT
        source_id,
        time_utc,
        split_part(who, ' ', 2) AS server
    FROM query_table(relation)
)

FROM log_spans('told');

-- Lines with the last word on TLS and on signing in before them, of the same process and the same peer. Connections come and go with their process, but a
-- process number comes back one day: what is older than an hour does not count. A connection whose begin is not logged began in these files if
-- they reach back for longer than connections wait.
CREATE OR REPLACE MACRO sendmail_marks(relation, files) AS TABLE  -- noqa: CP05
SELECT
    *,
    sendmail_field(text, 'relay') AS relay,
    sendmail_field(text, 'tls_version') AS tls_version,
    CASE WHEN tls_utc >= time_utc - INTERVAL 1 HOUR AND coalesce(tls_utc >= connect_utc, TRUE) THEN tls_text END AS tls_words,
    CASE WHEN auth_utc >= time_utc - INTERVAL 1 HOUR AND coalesce(auth_utc >= connect_utc, TRUE) THEN auth_text END AS auth_words,
    coalesce(connect_utc >= time_utc - INTERVAL 1 HOUR, FALSE) OR time_utc >= since_utc + INTERVAL 5 MINUTE AS start_seen
FROM (
    SELECT
        told.*,
        span.since_utc,
        last_value(CASE WHEN told.kind IN ('tls', 'tls out') THEN told.text END IGNORE NULLS) OVER so_far AS tls_text,
        last_value(CASE WHEN told.kind IN ('tls', 'tls out') THEN told.time_utc END IGNORE NULLS) OVER so_far AS tls_utc,
        last_value(CASE WHEN told.kind = 'auth' THEN told.text END IGNORE NULLS) OVER so_far AS auth_text,
        last_value(CASE WHEN told.kind = 'auth' THEN told.time_utc END IGNORE NULLS) OVER so_far AS auth_utc,
        last_value(CASE WHEN told.kind = 'connect' THEN told.time_utc END IGNORE NULLS) OVER so_far AS connect_utc
    FROM query_table(relation) AS told
    INNER JOIN query_table(files) AS file ON told.source_id = file.source_id
    INNER JOIN sendmail_spans(relation) AS span ON told.source_id = span.source_id AND split_part(told.who, ' ', 2) = span.server
    WHERE told.kind IN ('connect', 'tls', 'tls out', 'auth', 'from', 'to') AND told.time_utc IS NOT NULL
    WINDOW so_far AS (
        PARTITION BY told.who, told.peer, told.kind = 'to' OR told.kind = 'tls out' ORDER BY told.time_utc, file.first_utc, told.line_no
        ROWS UNBOUNDED PRECEDING
    )
)
WHERE kind IN ('from', 'to');

-- How the line of a message, and else the last TLS line before it, says that the message was secured. Sendmail 8.16 and later writes it on the line itself,
-- where NONE tells clear text, if there was a connection: the line is of this very message, which a TLS line of the same process need not be.
CREATE OR REPLACE MACRO sendmail_session(text, relay, tls_version, tls_words) AS CASE
    WHEN tls_version <> 'NONE'
        THEN {
            'version': tls_version,
            'cipher': nullif(sendmail_field(text, 'cipher'), 'NONE'),
            'verify': sendmail_field(text, 'tls_verify')
        }
    WHEN tls_version IS NOT NULL
        THEN CASE WHEN contains(relay, '[') THEN { 'version': 'NONE', 'cipher': NULL, 'verify': NULL } END
    WHEN tls_words IS NOT NULL
        THEN { 'version': sendmail_field(tls_words, 'version'), 'cipher': sendmail_field(tls_words, 'cipher'), 'verify': sendmail_field(tls_words, 'verify') }
END;

-- What became of the recipients of a to= line; one that was only queued met no other server.
CREATE OR REPLACE MACRO sendmail_status(text) AS CASE
    WHEN starts_with(split_part(text, ', stat=', 2), 'Sent') THEN 'delivered'
    WHEN starts_with(split_part(text, ', stat=', 2), 'queued') THEN NULL
    WHEN contains(text, ', dsn=4') OR starts_with(split_part(text, ', stat=', 2), 'Deferred') THEN 'deferred'
    WHEN contains(text, ', dsn=5') THEN 'bounced'
END;
