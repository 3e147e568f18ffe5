-- title: Sendmail: lines
-- help: Parses the lines of a sendmail log.

-- Return the value of a field of a line: relay=mx1.partner.example. [203.0.113.9]
CREATE OR REPLACE MACRO sendmail_field(text, field_name) AS nullif(string_split(string_split(text, ', ' || field_name || '=')[2], ', ')[1], '');

-- Return the host name of a relay as both lines of a connection have it: without the final dot, the address, and (may be forged).
CREATE OR REPLACE MACRO sendmail_host(relay) AS lower(rtrim(string_split(relay, ' ')[1], '.'));

CREATE OR REPLACE MACRO sendmail_address(relay) AS address_of(nullif(regexp_extract(relay, '\[([^\]]+)\][^\[]*$', 1), ''));

-- Return the addresses after to=: <a@partner.example>,<b@partner.example>
CREATE OR REPLACE MACRO sendmail_recipients(text) AS list_transform(string_split(string_split(text, ', ')[1], ','), LAMBDA recipient: trim(recipient, '<> '));

CREATE OR REPLACE MACRO sendmail_kind_of(who, topic, detail) AS CASE
    WHEN NOT (contains(who, ' sm-') OR contains(who, ' sendmail')) THEN NULL
    WHEN starts_with(detail, 'to=') THEN CASE WHEN contains(detail, ', stat=') THEN 'to' ELSE 'damaged' END
    WHEN starts_with(detail, 'from=') THEN 'from'
    WHEN starts_with(topic, 'STARTTLS=') THEN CASE
        WHEN contains(topic, ', version=') THEN CASE WHEN starts_with(topic, 'STARTTLS=server') THEN 'tls' ELSE 'tls out' END
        WHEN contains(topic, 'error') THEN 'failure'
    END
    WHEN starts_with(topic, 'AUTH=server') THEN 'auth'
    WHEN starts_with(detail, 'ruleset=') AND contains(detail, ', reject=') THEN 'reject'
    WHEN detail = 'Milter' OR (starts_with(detail, '<') AND contains(detail, '>... ')) THEN 'reject'
    WHEN starts_with(detail, 'connect from ') THEN 'connect'
END;

-- Parse the lines of a sendmail log. Every line returns a row, so that rows keep their line numbers; what the hops do not need is NULL.
CREATE OR REPLACE MACRO sendmail_rows(relation, files) AS TABLE  -- noqa: CP05
SELECT
    source_id,
    kind,
    time_utc,
    CASE WHEN kind IS NOT NULL THEN who END AS who,
    CASE WHEN contains('to from reject', kind) THEN nullif(topic, 'NOQUEUE') END AS queue_id,
    CASE WHEN kind IS NOT NULL THEN text END AS text,
    -- The peer of the process, as text that the TLS line and the line of the message share.
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
            sendmail_kind_of(who, topic, detail) AS kind
        FROM (
            SELECT
                *,
                substr(head, stamp_length(head) + 1) AS who,
                plain_stamp(head) AS stamp
            FROM (
                SELECT
                    entry.source_id,
                    entry.line,
                    file.modified[entry.source_id - file.before_id] AS modified,
                    file.log_zone,
                    string_split(entry.line, ': ')[1] AS head,
                    split_part(entry.line, ': ', 2) AS topic,
                    split_part(entry.line, ': ', 3) AS detail
                FROM (SELECT source_id, log_line(line) AS line FROM query_table(relation)) AS entry
                CROSS JOIN log_clock(files) AS file
            )
        )
    )
);

-- Return the period that each file has of a server, and since when its log has no gap.
CREATE OR REPLACE MACRO sendmail_spans(relation) AS TABLE  -- noqa: CP05
WITH lines AS (  -- noqa: ST03
    SELECT
        source_id,
        time_utc,
        split_part(who, ' ', 2) AS server
    FROM query_table(relation)
)

FROM log_spans('lines');

-- Return the from= and to= lines with the last TLS line and the last authentication before them, of the same process and peer. Lines older than an hour
-- are ignored, because process numbers are reused. If the start of a connection is not logged, the connection started in these files if they
-- reach back for longer than a connection may be idle.
CREATE OR REPLACE MACRO sendmail_lines_with_tls(relation, files) AS TABLE  -- noqa: CP05
SELECT
    *,
    sendmail_field(text, 'relay') AS relay,
    sendmail_field(text, 'tls_version') AS tls_version,
    CASE WHEN tls_utc >= time_utc - INTERVAL 1 HOUR AND coalesce(tls_utc >= connect_utc, TRUE) THEN tls_text END AS valid_tls_text,
    CASE WHEN auth_utc >= time_utc - INTERVAL 1 HOUR AND coalesce(auth_utc >= connect_utc, TRUE) THEN auth_text END AS valid_auth_text,
    coalesce(connect_utc >= time_utc - INTERVAL 1 HOUR, FALSE) OR time_utc >= since_utc + INTERVAL 5 MINUTE AS start_seen
FROM (
    SELECT
        entry.*,
        span.since_utc,
        last_value(CASE WHEN entry.kind IN ('tls', 'tls out') THEN entry.text END IGNORE NULLS) OVER so_far AS tls_text,
        last_value(CASE WHEN entry.kind IN ('tls', 'tls out') THEN entry.time_utc END IGNORE NULLS) OVER so_far AS tls_utc,
        last_value(CASE WHEN entry.kind = 'auth' THEN entry.text END IGNORE NULLS) OVER so_far AS auth_text,
        last_value(CASE WHEN entry.kind = 'auth' THEN entry.time_utc END IGNORE NULLS) OVER so_far AS auth_utc,
        last_value(CASE WHEN entry.kind = 'connect' THEN entry.time_utc END IGNORE NULLS) OVER so_far AS connect_utc
    FROM query_table(relation) AS entry
    INNER JOIN query_table(files) AS file ON entry.source_id = file.source_id
    INNER JOIN sendmail_spans(relation) AS span ON entry.source_id = span.source_id AND split_part(entry.who, ' ', 2) = span.server
    WHERE entry.kind IN ('connect', 'tls', 'tls out', 'auth', 'from', 'to') AND entry.time_utc IS NOT NULL
    WINDOW so_far AS (
        PARTITION BY entry.who, entry.peer, entry.kind = 'to' OR entry.kind = 'tls out' ORDER BY entry.time_utc, file.first_utc, entry.line_no
        ROWS UNBOUNDED PRECEDING
    )
)
WHERE kind IN ('from', 'to');

-- Return the TLS version, cipher and verification of a message from its own line, else from the last TLS line before it. Sendmail 8.16 and later writes
-- them on the line of the message, where NONE is clear text if there was a connection. A TLS line may belong to another message of the process.
CREATE OR REPLACE MACRO sendmail_session(text, relay, tls_version, valid_tls_text) AS CASE
    WHEN tls_version <> 'NONE'
        THEN {
            'version': tls_version,
            'cipher': nullif(sendmail_field(text, 'cipher'), 'NONE'),
            'verify': sendmail_field(text, 'tls_verify')
        }
    WHEN tls_version IS NOT NULL
        THEN CASE WHEN contains(relay, '[') THEN { 'version': 'NONE', 'cipher': NULL, 'verify': NULL } END
    WHEN valid_tls_text IS NOT NULL
        THEN { 'version': sendmail_field(valid_tls_text, 'version'), 'cipher': sendmail_field(valid_tls_text, 'cipher'), 'verify': sendmail_field(valid_tls_text, 'verify') }
END;

-- Return the delivery status of a to= line; NULL if the message was only queued, without a connection.
CREATE OR REPLACE MACRO sendmail_status(text) AS CASE
    WHEN starts_with(split_part(text, ', stat=', 2), 'Sent') THEN 'delivered'
    WHEN starts_with(split_part(text, ', stat=', 2), 'queued') THEN NULL
    WHEN contains(text, ', dsn=4') OR starts_with(split_part(text, ', stat=', 2), 'Deferred') THEN 'deferred'
    WHEN contains(text, ', dsn=5') THEN 'bounced'
END;
