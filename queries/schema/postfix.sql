-- title: Postfix, line by line
-- help: What lines of Postfix mean, and what of them is kept.

-- What a line means, in one byte. The order counts: the kinds from begun to stored are those of a queued message, those from tls on have a text,
-- those from failure on tell a hop or a handshake that failed, and must say whose they are. Kinds are written with their type, because beside a
-- plain text they would be compared as text.
CREATE TYPE postfix_kind AS ENUM (  -- noqa: CP05,LT01
    'connect', 'disconnect', 'begun', 'removed', 'expired', 'message id', 'queued', 'dropped', 'stored', 'tls', 'tls out', 'failure', 'library',
    'reject', 'client', 'delivery', 'damaged'
);

-- What a line says behind its program: a topic, such as a queue id, a word that tells what became of it, and all that stands behind the topic.
CREATE OR REPLACE MACRO postfix_kind_of(who, topic, word) AS CASE
    WHEN NOT contains(who, '/') THEN NULL
    WHEN starts_with(word, 'to=<') THEN CASE
        WHEN NOT contains(word, ', status=') THEN 'damaged'::POSTFIX_KIND
        WHEN contains(who, '/smtp[') OR contains(who, '/lmtp[') OR contains(who, '/error[') OR contains(who, '/retry[') THEN 'delivery'::POSTFIX_KIND
        ELSE 'stored'::POSTFIX_KIND
    END
    WHEN word = 'removed' THEN 'removed'::POSTFIX_KIND
    WHEN starts_with(word, 'message-id=') THEN 'message id'::POSTFIX_KIND
    WHEN starts_with(word, 'from=<') THEN CASE
        WHEN contains(word, ', nrcpt=') THEN 'queued'::POSTFIX_KIND
        WHEN contains(word, 'expired, returned to sender') THEN 'expired'::POSTFIX_KIND
    END
    WHEN starts_with(topic, 'connect from ') AND contains(who, '/smtpd[') THEN 'connect'::POSTFIX_KIND
    WHEN starts_with(topic, 'disconnect from ') AND contains(who, '/smtpd[') THEN 'disconnect'::POSTFIX_KIND
    WHEN starts_with(word, 'client=') THEN CASE WHEN contains(who, '/smtpd[') THEN 'client'::POSTFIX_KIND ELSE 'begun'::POSTFIX_KIND END
    WHEN starts_with(word, 'uid=') THEN 'begun'::POSTFIX_KIND
    WHEN (starts_with(word, 'TLSv1') OR starts_with(word, 'SSLv')) AND contains(topic, ' TLS connection ') THEN CASE
        WHEN NOT contains(topic, ' from ') THEN 'tls out'::POSTFIX_KIND
        WHEN contains(who, '/smtpd[') THEN 'tls'::POSTFIX_KIND
    END
    WHEN word = 'reject' OR word = 'milter-reject' THEN CASE WHEN topic = 'NOQUEUE' THEN 'reject'::POSTFIX_KIND ELSE 'dropped'::POSTFIX_KIND END
    WHEN starts_with(topic, 'SSL_connect error to ') THEN 'failure'::POSTFIX_KIND
    WHEN (starts_with(topic, 'SSL_accept error from ') OR starts_with(topic, 'lost connection after STARTTLS from ')) AND contains(who, '/smtpd[')
        THEN 'failure'::POSTFIX_KIND
    WHEN topic = 'warning' AND word = 'TLS library problem' THEN 'library'::POSTFIX_KIND
END;

-- Whom the sender wrote to: to=<anna@example.com>, orig_to=<info@example.com>, relay=…
CREATE OR REPLACE MACRO postfix_recipient(text) AS split_part(
    CASE WHEN contains(text, ', orig_to=<') THEN split_part(text, ', orig_to=<', 2) ELSE substr(text, 5) END, '>, ', 1
);

-- What matters of a Postfix log. Every row stays, so that rows keep their line numbers; what the hops do not need is NULL.
CREATE OR REPLACE MACRO postfix_rows(relation, files) AS TABLE  -- noqa: CP05
SELECT
    source_id,
    kind,
    time_utc,
    CASE WHEN kind IS NOT NULL THEN hash(line) END AS line_key,
    CASE WHEN kind IS NOT NULL THEN hash(who) END AS process,
    CASE
        WHEN (kind BETWEEN 'begun'::POSTFIX_KIND AND 'stored'::POSTFIX_KIND OR kind > 'reject'::POSTFIX_KIND) AND topic <> 'NOQUEUE'
            THEN hash(split_part(who, ' ', 1), topic)
    END AS message,
    CASE WHEN kind >= 'tls out'::POSTFIX_KIND THEN who END AS who,
    CASE WHEN kind > 'reject'::POSTFIX_KIND THEN topic END AS queue_id,
    CASE
        WHEN kind = 'message id'::POSTFIX_KIND THEN substr(word, 12)
        WHEN kind = 'stored'::POSTFIX_KIND THEN postfix_recipient(word)
        WHEN kind BETWEEN 'queued'::POSTFIX_KIND AND 'dropped'::POSTFIX_KIND OR kind >= 'reject'::POSTFIX_KIND
            THEN substr(line, length(head) + length(topic) + 5)
        WHEN kind BETWEEN 'tls'::POSTFIX_KIND AND 'tls out'::POSTFIX_KIND THEN topic || ': ' || split_part(word, ' (', 1)
        WHEN kind >= 'failure'::POSTFIX_KIND THEN substr(line, length(head) + 3)
    END AS text
FROM (
    SELECT
        *,
        CASE WHEN kind IS NOT NULL THEN log_utc(head, clock, modified_utc, log_zone) END AS time_utc
    FROM (
        SELECT
            *,
            CASE WHEN kind IS NOT NULL THEN modified[source_id - before_id] END AS modified_utc,
            CASE WHEN kind IS NOT NULL THEN log_clock_of(head, years[source_id - before_id]) END AS clock
        FROM (
            SELECT
                *,
                postfix_kind_of(who, topic, word) AS kind
            FROM (
                SELECT
                    *,
                    substr(head, stamp_length(head) + 2) AS who
                FROM (
                    SELECT
                        source_id,
                        line,
                        split_part(line, ': ', 1) AS head,
                        split_part(line, ': ', 2) AS topic,
                        split_part(line, ': ', 3) AS word
                    FROM (SELECT source_id, log_line(line) AS line FROM query_table(relation))
                )
            )
        )
        CROSS JOIN log_clock(files)
    )
);
