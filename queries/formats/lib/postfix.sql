-- title: Postfix: lines
-- help: Parses the lines of a Postfix log.

-- The kind of a line, in one byte. The order matters: the kinds from begun to stored belong to a queued message, those from tls on have a text, and
-- those from failure on are a hop or a failed handshake and need the process (who). Kinds are written with their type, because compared with a
-- plain text they would be compared as text.
CREATE TYPE postfix_kind AS ENUM (  -- noqa: CP05,LT01
    'connect', 'disconnect', 'begun', 'removed', 'expired', 'message id', 'queued', 'dropped', 'stored', 'tls', 'tls out', 'failure', 'library',
    'reject', 'client', 'delivery', 'damaged'
);

-- Return the kind of a line from the host and process (who), the topic after them, such as a queue id, and the detail after the topic.
CREATE OR REPLACE MACRO postfix_kind_of(who, topic, detail) AS CASE
    WHEN NOT contains(who, '/') THEN NULL
    WHEN starts_with(detail, 'to=<') THEN CASE
        WHEN NOT contains(detail, ', status=') THEN 'damaged'::POSTFIX_KIND
        WHEN contains(who, '/smtp[') OR contains(who, '/lmtp[') OR contains(who, '/error[') OR contains(who, '/retry[') THEN 'delivery'::POSTFIX_KIND
        ELSE 'stored'::POSTFIX_KIND
    END
    WHEN detail = 'removed' THEN 'removed'::POSTFIX_KIND
    WHEN starts_with(detail, 'message-id=') THEN 'message id'::POSTFIX_KIND
    WHEN starts_with(detail, 'from=<') THEN CASE
        WHEN contains(detail, ', nrcpt=') THEN 'queued'::POSTFIX_KIND
        WHEN contains(detail, 'expired, returned to sender') THEN 'expired'::POSTFIX_KIND
    END
    WHEN starts_with(topic, 'connect from ') AND contains(who, '/smtpd[') THEN 'connect'::POSTFIX_KIND
    WHEN starts_with(topic, 'disconnect from ') AND contains(who, '/smtpd[') THEN 'disconnect'::POSTFIX_KIND
    WHEN starts_with(detail, 'client=') THEN CASE WHEN contains(who, '/smtpd[') THEN 'client'::POSTFIX_KIND ELSE 'begun'::POSTFIX_KIND END
    WHEN starts_with(detail, 'uid=') THEN 'begun'::POSTFIX_KIND
    WHEN (starts_with(detail, 'TLSv1') OR starts_with(detail, 'SSLv')) AND contains(topic, ' TLS connection ') THEN CASE
        WHEN NOT contains(topic, ' from ') THEN 'tls out'::POSTFIX_KIND
        WHEN contains(who, '/smtpd[') THEN 'tls'::POSTFIX_KIND
    END
    WHEN detail = 'reject' OR detail = 'milter-reject' THEN CASE WHEN topic = 'NOQUEUE' THEN 'reject'::POSTFIX_KIND ELSE 'dropped'::POSTFIX_KIND END
    WHEN starts_with(topic, 'SSL_connect error to ') THEN 'failure'::POSTFIX_KIND
    WHEN (starts_with(topic, 'SSL_accept error from ') OR starts_with(topic, 'lost connection after STARTTLS from ')) AND contains(who, '/smtpd[')
        THEN 'failure'::POSTFIX_KIND
    WHEN topic = 'warning' AND detail = 'TLS library problem' THEN 'library'::POSTFIX_KIND
END;

-- The outcome of a delivery. Any other status is an address verification probe, which is no mail.
CREATE TYPE postfix_outcome AS ENUM ('sent', 'deferred', 'bounced');  -- noqa: CP05,LT01

-- Return the recipient as the sender addressed it: to=<anna@example.com>, orig_to=<info@example.com>, relay=…
CREATE OR REPLACE MACRO postfix_recipient(text) AS CASE
    WHEN contains(text, ', orig_to=<') THEN string_split(split_part(text, ', orig_to=<', 2), '>, ')[1]
    ELSE substr(text, 5, strpos(text, '>, ') - 5)
END;

-- Return the relay of a delivery line: to=<me@partner.example>, relay=mx1.partner.example[203.0.113.9]:25, conn_use=2, delay=1, delays=0.3/0.01/0.2/0.1, tls=may,
-- dsn=2.0.0, status=sent (250 Ok)
CREATE OR REPLACE MACRO postfix_relay(text) AS string_split(string_split(string_split(text, ', delay=')[1], ', relay=')[-1], ', conn_use=')[1];

CREATE OR REPLACE MACRO postfix_outcome_of(text) AS CASE
    WHEN substr(text, strpos(text, ', status=') + 9, 5) = 'sent ' THEN 'sent'::POSTFIX_OUTCOME
    ELSE try_cast(string_split(split_part(text, ', status=', 2), ' ')[1] AS POSTFIX_OUTCOME)
END;

CREATE OR REPLACE MACRO postfix_level(text) AS nullif(string_split(string_split(string_split(text, ', status=')[1], ', tls=')[2], ', dsn=')[1], '');

-- Return whether a delivery went to a socket of this machine, which is no hop.
CREATE OR REPLACE MACRO postfix_is_local_socket(who, text) AS
contains(who, '/lmtp[') AND contains(text, '[private/') AND contains(postfix_relay(text), '[private/');

-- Parse the lines of a Postfix log. Every line returns a row, so that rows keep their line numbers; what the hops do not need is NULL. The text of a
-- local delivery is its recipient; that of a TLS line is the relay that smtp logs, a blank, and the negotiated TLS: Trusted TLSv1.3 with cipher X.
CREATE OR REPLACE MACRO postfix_rows(relation, files) AS TABLE  -- noqa: CP05
SELECT
    source_id,
    kind,
    CASE
        WHEN is_utc AND clock <= latest THEN clock
        WHEN kind IS NOT NULL THEN log_utc(head, clock, modified[source_id - before_id], log_zone)
    END AS time_utc,
    hash(line) AS line_key,
    hash(who) AS process,
    CASE
        WHEN (kind BETWEEN 'begun'::POSTFIX_KIND AND 'stored'::POSTFIX_KIND OR kind > 'reject'::POSTFIX_KIND) AND topic <> 'NOQUEUE'
            THEN hash(left(who, strpos(who, ' ')), topic)
    END AS message,
    CASE WHEN kind >= 'tls out'::POSTFIX_KIND THEN who END AS who,
    CASE
        WHEN kind <= 'expired'::POSTFIX_KIND THEN NULL
        WHEN kind = 'message id'::POSTFIX_KIND THEN substr(detail, 12)
        WHEN kind = 'stored'::POSTFIX_KIND THEN postfix_recipient(detail)
        WHEN kind = 'tls'::POSTFIX_KIND THEN ' ' || string_split(topic, ' ')[1] || ' ' || string_split(detail, ' (')[1]
        WHEN kind = 'tls out'::POSTFIX_KIND
            THEN string_split(split_part(topic, ' to ', 2), ' ')[1] || ' ' || string_split(topic, ' ')[1] || ' ' || string_split(detail, ' (')[1]
        WHEN kind <= 'dropped'::POSTFIX_KIND THEN CASE WHEN parts[4] IS NULL THEN detail ELSE array_to_string(parts[3:], ': ') END
        WHEN parts[4] IS NULL THEN concat_ws(': ', topic, detail)
        ELSE array_to_string(parts[2:], ': ')
    END AS text,
    FALSE AS is_evidence
FROM (
    SELECT
        *,
        modified[source_id - before_id] + INTERVAL 36 HOUR AS latest,
        log_zone = 'UTC' AS is_utc,
        CASE WHEN kind IS NOT NULL THEN log_clock_of(head, years[source_id - before_id]) END AS clock
    FROM (
        SELECT
            *,
            postfix_kind_of(who, topic, detail) AS kind
        FROM (
            SELECT
                *,
                CASE WHEN substr(head, 16, 1) = ' ' THEN substr(head, 17) ELSE substr(head, stamp_length(head) + 2) END AS who
            FROM (
                SELECT
                    *,
                    parts[1] AS head,
                    parts[2] AS topic,
                    parts[3] AS detail
                FROM (SELECT *, string_split(line, ': ') AS parts FROM (SELECT source_id, log_line(line) AS line FROM query_table(relation)))
            )
        )
    )
    CROSS JOIN log_clock(files)
);

-- Return the negotiated TLS of a TLS line: Trusted TLSv1.3 with cipher TLS_AES_256_GCM_SHA384.
CREATE OR REPLACE MACRO postfix_negotiated(text) AS substr(text, strpos(text, ' ') + 1);

-- Return the lines of hops: rejections, clients, and deliveries. `name` is the recipient of a delivery, `peer` the other side as logged:
-- mx1.partner.example[203.0.113.9]:25.
CREATE OR REPLACE MACRO postfix_tls_text(relation) AS TABLE  -- noqa: CP05
SELECT
    *,
    CASE
        WHEN kind = 'delivery'::POSTFIX_KIND THEN postfix_relay(text)
        WHEN kind = 'client'::POSTFIX_KIND THEN string_split(substr(text, 8), ',')[1]
        ELSE string_split(split_part(text, ' from ', 2), ': ')[1]
    END AS peer,
    CASE WHEN kind = 'delivery'::POSTFIX_KIND THEN postfix_recipient(text) END AS name,
    CASE WHEN kind = 'delivery'::POSTFIX_KIND AND NOT postfix_is_local_socket(who, text) THEN postfix_outcome_of(text) END AS outcome
FROM (
    SELECT
        * REPLACE (substr(text, strpos(text, ': ') + 2) AS text),
        CASE WHEN kind > 'reject'::POSTFIX_KIND THEN left(text, strpos(text, ': ') - 1) END AS queue_id
    FROM query_table(relation)
    WHERE kind BETWEEN 'reject'::POSTFIX_KIND AND 'delivery'::POSTFIX_KIND
);

-- Return the domain of an address without brackets.
CREATE OR REPLACE MACRO postfix_domain(address) AS CASE WHEN contains(address, '@') THEN nullif(lower(string_split(address, '@')[-1]), '') END;

-- Return each distinct negotiated TLS of a log once, parsed; a log has few of them: Trusted TLSv1.3 with cipher TLS_AES_256_GCM_SHA384
CREATE OR REPLACE MACRO postfix_protocols(relation) AS TABLE  -- noqa: CP05
SELECT
    hash(negotiated) AS protocol,
    parts[1] AS verified,
    coalesce(parts[2], '') AS tls_raw,
    coalesce(parts[5], '') AS cipher,
    tls_grade(parts[2], parts[5]) AS tls
FROM (SELECT negotiated, string_split(negotiated, ' ') AS parts FROM (SELECT DISTINCT postfix_negotiated(text) AS negotiated FROM query_table(relation) WHERE kind BETWEEN 'tls'::POSTFIX_KIND AND 'tls out'::POSTFIX_KIND));

-- Return the service, such as smtpd or submission/smtpd: the program after the syslog_name.
CREATE OR REPLACE MACRO postfix_service(who) AS substr(string_split(split_part(who, ' ', 2), '[')[1], strpos(who, '/') - strpos(who, ' ') + 1);

CREATE OR REPLACE MACRO postfix_server(who) AS left(who, strpos(who, ' ') - 1);

-- The TLS security level that smtp logs from Postfix 3.11 on: none and may:none are clear text; encrypt, verify, dane and the like are TLS if mail was
-- sent; may is either; a question mark means that the level was not yet decided.
CREATE OR REPLACE MACRO postfix_is_clear_text(level) AS coalesce(level = 'none' OR starts_with(level, 'may:none'), FALSE);

CREATE OR REPLACE MACRO postfix_is_tls(level) AS
coalesce(NOT (starts_with(level, 'none') OR starts_with(level, 'may') OR contains(level, ':none') OR contains(level, '?')), FALSE);

-- Return the rejections that smtpd logged before it assigned a queue id.
CREATE OR REPLACE MACRO postfix_refusals(relation) AS TABLE  -- noqa: CP05
SELECT
    entry.line_no,
    entry.process,
    unnest(regexp_extract(
        entry.text, '^(?:milter-)?reject: \S+ from (\S+): (.*?)(?:; from=<([^>]*)>)(?: to=<([^>]*)>)?(?: proto=\S+)?(?: helo=<([^>]*)>)?',
        ['peer', 'reply', 'sender', 'recipient', 'helo']
    ))
FROM postfix_tls_text(relation) AS entry
WHERE entry.kind = 'reject'::POSTFIX_KIND;

CREATE OR REPLACE MACRO postfix_reply(text, outcome) AS
nullif(substr(text, strpos(text, ', status=') + length(outcome) + 11, length(text) - strpos(text, ', status=') - length(outcome) - 11), '');
