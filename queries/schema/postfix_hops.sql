-- title: Postfix, from lines to hops
-- help: The sessions of smtpd, the connections of smtp, and the messages of the queue.

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
CREATE OR REPLACE MACRO postfix_turns(relation, files) AS TABLE  -- noqa: CP05
SELECT
    line_no,
    count(*) FILTER (WHERE kind = 'client'::POSTFIX_KIND OR kind = 'begun'::POSTFIX_KIND) OVER so_far
    + coalesce(count(*) FILTER (WHERE kind = 'removed'::POSTFIX_KIND) OVER before_it, 0) AS turn_no
FROM postfix_lines(relation, files)
WHERE message IN (
    SELECT message
    FROM query_table(relation)
    WHERE kind = 'removed'::POSTFIX_KIND OR kind = 'message id'::POSTFIX_KIND
    GROUP BY message, kind
    HAVING count(*) > 1
)
WINDOW
    so_far AS (PARTITION BY message ORDER BY time_utc, first_utc, line_no ROWS UNBOUNDED PRECEDING),
    before_it AS (PARTITION BY message ORDER BY time_utc, first_utc, line_no ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING);

-- Where each line stands in its process. The mark of a line is that of the last line that says something of TLS: above 0 the line with TLS (its number
-- and one), below -1 the begin of the session that had none since (its number and two, negative), -1 the end of a session.
CREATE OR REPLACE MACRO postfix_marks(relation, files) AS TABLE  -- noqa: CP05
SELECT
    line_no,
    kind,
    message,
    last_value(
        CASE
            WHEN kind = 'tls'::POSTFIX_KIND OR kind = 'tls out'::POSTFIX_KIND THEN line_no + 1
            WHEN kind = 'connect'::POSTFIX_KIND THEN -2 - line_no
            WHEN kind = 'disconnect'::POSTFIX_KIND THEN -1
        END IGNORE NULLS
    ) OVER (PARTITION BY process ORDER BY time_utc, first_utc, line_no ROWS UNBOUNDED PRECEDING) AS mark,
    lead(message) OVER (PARTITION BY process ORDER BY time_utc, first_utc, line_no) AS next_message
FROM postfix_lines(relation, files)
WHERE
    kind <= 'disconnect'::POSTFIX_KIND OR kind BETWEEN 'tls'::POSTFIX_KIND AND 'tls out'::POSTFIX_KIND
    OR kind BETWEEN 'reject'::POSTFIX_KIND AND 'delivery'::POSTFIX_KIND;

-- What the queue says of each message. One recipient is told here; lists are dear, and only for messages with more of them.
CREATE OR REPLACE MACRO postfix_letters(relation, turns) AS TABLE  -- noqa: CP05
SELECT
    told.message,
    coalesce(turn.turn_no, 0) AS turn_no,
    any_value(CASE WHEN told.kind = 'message id'::POSTFIX_KIND THEN told.text END) AS message_id,
    any_value(CASE WHEN told.kind = 'queued'::POSTFIX_KIND THEN told.text END) AS envelope,
    any_value(CASE WHEN told.kind = 'dropped'::POSTFIX_KIND THEN told.text END) AS dropped,
    min(CASE WHEN told.kind = 'queued'::POSTFIX_KIND THEN told.time_utc END) AS queued_utc,
    bool_or(told.kind = 'expired'::POSTFIX_KIND) AS has_expired,
    any_value(
        CASE WHEN told.kind = 'stored'::POSTFIX_KIND THEN told.text WHEN told.kind = 'delivery'::POSTFIX_KIND THEN postfix_recipient(told.text) END
    ) AS recipient,
    count(CASE WHEN told.kind = 'stored'::POSTFIX_KIND OR told.kind = 'delivery'::POSTFIX_KIND THEN 1 END) AS recipient_count
FROM query_table(relation) AS told
LEFT JOIN query_table(turns) AS turn ON told.line_no = turn.line_no
WHERE told.kind BETWEEN 'expired'::POSTFIX_KIND AND 'stored'::POSTFIX_KIND OR told.kind = 'delivery'::POSTFIX_KIND
GROUP BY ALL;

-- Whom each message with several recipients went to.
CREATE OR REPLACE MACRO postfix_recipients(relation, turns, letters) AS TABLE  -- noqa: CP05
SELECT
    letter.message,
    letter.turn_no,
    list_sort(list_distinct(list(CASE WHEN told.kind = 'stored'::POSTFIX_KIND THEN told.text ELSE postfix_recipient(told.text) END))) AS recipients
FROM query_table(relation) AS told
LEFT JOIN query_table(turns) AS turn ON told.line_no = turn.line_no
INNER JOIN query_table(letters) AS letter ON told.message = letter.message AND coalesce(turn.turn_no, 0) = letter.turn_no
WHERE letter.recipient_count > 1 AND (told.kind = 'stored'::POSTFIX_KIND OR told.kind = 'delivery'::POSTFIX_KIND)
GROUP BY ALL;

-- The domain of an address without brackets.
CREATE OR REPLACE MACRO postfix_domain(address) AS CASE WHEN contains(address, '@') THEN nullif(lower(split_part(address, '@', -1)), '') END;

-- A log names few protocols and ciphers, each of them many times: TLSv1.3 with cipher TLS_AES_256_GCM_SHA384
CREATE OR REPLACE MACRO postfix_protocols(relation) AS TABLE  -- noqa: CP05
SELECT
    words,
    split_part(words, ' ', 1) AS tls_raw,
    split_part(words, ' ', 4) AS cipher,
    tls_grade(split_part(words, ' ', 1), split_part(words, ' ', 4)) AS tls
FROM (
    SELECT DISTINCT split_part(text, ': ', 2) AS words
    FROM query_table(relation)
    WHERE kind BETWEEN 'tls'::POSTFIX_KIND AND 'tls out'::POSTFIX_KIND
);

-- Trusted TLS connection established to mx1.partner.example[203.0.113.9]:25: TLSv1.3 with cipher TLS_AES_256_GCM_SHA384
CREATE OR REPLACE MACRO postfix_openings(relation) AS TABLE  -- noqa: CP05
SELECT
    line_no,
    time_utc,
    split_part(who, ' ', 1) AS server,
    contains(who, '/tlsproxy[') AS is_proxy,
    split_part(split_part(text, ': ', 1), ' to ', 2) AS relay
FROM query_table(relation)
WHERE kind = 'tls out'::POSTFIX_KIND;

-- smtpd, submission/smtpd: the program behind the name that syslog_name gives it.
CREATE OR REPLACE MACRO postfix_service(who) AS substr(split_part(split_part(who, ' ', 2), '[', 1), strpos(who, '/') - strpos(who, ' ') + 1);

-- The sender, from the line of qmgr or from that of a refusal.
CREATE OR REPLACE MACRO postfix_sender(kind, envelope, text) AS CASE
    WHEN kind = 'reject'::POSTFIX_KIND THEN split_part(split_part(text, '; from=<', 2), '>', 1)
    ELSE split_part(substr(envelope, 7), '>, size=', 1)
END;

CREATE OR REPLACE MACRO postfix_size(envelope) AS try_cast(split_part(split_part(envelope, '>, size=', 2), ',', 1) AS BIGINT);

-- What smtpd refused before it gave a queue id.
CREATE OR REPLACE MACRO postfix_refusals(relation) AS TABLE  -- noqa: CP05
SELECT
    told.line_no,
    unnest(regexp_extract(
        told.text, '^(?:milter-)?reject: \S+ from (\S+): (.*?)(?:; from=<([^>]*)>)(?: to=<([^>]*)>)?(?: proto=\S+)?(?: helo=<([^>]*)>)?',
        ['peer', 'reply', 'sender', 'recipient', 'helo']
    ))
FROM query_table(relation) AS told
WHERE told.kind = 'reject'::POSTFIX_KIND;

-- What a delivery line says: to=<me@partner.example>, relay=mx1.partner.example[203.0.113.9]:25, conn_use=2, delay=1, delays=0.3/0.01/0.2/0.1, tls=may,
-- dsn=2.0.0, status=sent (250 Ok)
CREATE OR REPLACE MACRO postfix_relay(text) AS split_part(split_part(split_part(text, ', delay=', 1), ', relay=', -1), ', conn_use=', 1);

CREATE OR REPLACE MACRO postfix_word(text) AS split_part(split_part(text, ', status=', 2), ' ', 1);

CREATE OR REPLACE MACRO postfix_reply(text, word) AS
nullif(substr(text, strpos(text, ', status=') + length(word) + 11, length(text) - strpos(text, ', status=') - length(word) - 11), '');

CREATE OR REPLACE MACRO postfix_level(text) AS nullif(split_part(split_part(split_part(text, ', status=', 1), ', tls=', 2), ', dsn=', 1), '');

-- A socket of this machine is no hop, and what only asks whether an address is good is no mail.
CREATE OR REPLACE MACRO postfix_deliveries(relation) AS TABLE  -- noqa: CP05
SELECT *
FROM (
    SELECT
        line_no,
        time_utc,
        message,
        split_part(who, ' ', 1) AS server,
        contains(who, '/lmtp[') AS is_local,
        postfix_recipient(text) AS recipient,
        postfix_relay(text) AS relay,
        contains(text, ', conn_use=') AS is_used_again,
        contains(text, ', tls=none,') OR contains(text, ', tls=may:none') AS is_clear,
        postfix_word(text) AS word
    FROM query_table(relation)
    WHERE kind = 'delivery'::POSTFIX_KIND
)
WHERE (word = 'sent' OR word = 'deferred' OR word = 'bounced') AND NOT (is_local AND contains(relay, '[private/'));

-- All hops of a log: what smtpd took or refused, and what smtp handed over, or tried to. Text is dear: it is fetched last, for the line of each hop.
CREATE OR REPLACE MACRO postfix_hops(relation, files) AS TABLE  -- noqa: CP05
WITH turns AS MATERIALIZED (FROM postfix_turns(relation, files)),

letters AS MATERIALIZED (FROM postfix_letters(relation, 'turns')),

marks AS MATERIALIZED (
    SELECT * FROM postfix_marks(relation, files)
    WHERE kind = 'tls out'::POSTFIX_KIND OR kind BETWEEN 'reject'::POSTFIX_KIND AND 'delivery'::POSTFIX_KIND
),

refused AS (
    SELECT
        min(refusal.line_no) AS line_no,
        marks.mark,
        list_sort(list(DISTINCT refusal.recipient) FILTER (WHERE refusal.recipient <> '')) AS recipients
    FROM postfix_refusals(relation) AS refusal
    INNER JOIN marks ON refusal.line_no = marks.line_no
    INNER JOIN (SELECT line_no, process FROM query_table(relation) WHERE kind = 'reject'::POSTFIX_KIND) AS line ON refusal.line_no = line.line_no
    GROUP BY line.process, marks.mark, refusal.peer, refusal.sender
),

-- The TLS line before a delivery is its own if no other message was delivered between them.
delivered AS MATERIALIZED (
    SELECT
        line.*,
        turns.turn_no,
        letters.recipient_count > 1 AS has_more,
        CASE WHEN opened.next_message = line.message AND line.relay = opening.relay THEN opened.line_no END AS tls_no
    FROM postfix_deliveries(relation) AS line
    LEFT JOIN turns ON line.line_no = turns.line_no
    LEFT JOIN letters ON line.message = letters.message AND coalesce(turns.turn_no, 0) = letters.turn_no
    LEFT JOIN (SELECT line_no, mark FROM marks WHERE kind = 'delivery'::POSTFIX_KIND) AS place ON line.line_no = place.line_no
    LEFT JOIN (SELECT line_no, next_message FROM marks WHERE kind = 'tls out'::POSTFIX_KIND) AS opened ON place.mark = opened.line_no + 1
    LEFT JOIN postfix_openings(relation) AS opening ON opened.line_no = opening.line_no
),

-- A connection that is used again shows TLS where it was opened: by another process, or by tlsproxy, not long before.
shared AS (
    SELECT
        line.line_no,
        opened.line_no AS tls_no
    FROM (SELECT * FROM delivered WHERE tls_no IS NULL AND relay <> 'none') AS line
    ASOF INNER JOIN (
        SELECT * FROM postfix_openings(relation)
        WHERE relay IN (SELECT relay FROM delivered WHERE tls_no IS NULL)
    ) AS opened
        ON line.server = opened.server AND line.relay = opened.relay AND line.time_utc >= opened.time_utc
    WHERE line.time_utc <= opened.time_utc + INTERVAL 10 MINUTE AND (line.is_used_again OR opened.is_proxy)
),

protocol AS MATERIALIZED (FROM postfix_protocols(relation)),

tls_line AS MATERIALIZED (
    SELECT
        line.line_no,
        split_part(line.text, ' ', 1) AS verified,
        protocol.tls,
        protocol.tls_raw,
        protocol.cipher
    FROM query_table(relation) AS line
    INNER JOIN protocol ON split_part(line.text, ': ', 2) = protocol.words
    WHERE line.kind BETWEEN 'tls'::POSTFIX_KIND AND 'tls out'::POSTFIX_KIND
),

sent AS (
    SELECT
        min(delivered.line_no) AS line_no,
        any_value(tls_line.line_no) AS tls_no,
        min(delivered.time_utc) AS time_utc,
        bool_or(delivered.is_clear) AND delivered.relay <> 'none' AS is_clear,
        CASE WHEN count(*) > 1 THEN list_sort(list_distinct(list(CASE WHEN delivered.has_more THEN delivered.recipient END))) ELSE [any_value(delivered.recipient)] END
            AS recipients
    FROM delivered
    LEFT JOIN shared ON delivered.line_no = shared.line_no
    LEFT JOIN tls_line ON coalesce(delivered.tls_no, shared.tls_no) = tls_line.line_no
    GROUP BY delivered.message, delivered.turn_no, delivered.relay, delivered.word, tls_line.tls
),

hop AS (
    SELECT
        line_no, mark - 1 AS tls_no, mark < -1 AS start_seen, NULL AS recipients, FALSE AS is_clear, NULL AS time_utc
    FROM marks
    WHERE kind = 'client'::POSTFIX_KIND
    UNION ALL BY NAME
    SELECT line_no, mark - 1 AS tls_no, mark < -1 AS start_seen, recipients FROM refused
    UNION ALL BY NAME
    SELECT line_no, tls_no, recipients, is_clear, time_utc FROM sent
),

line AS (
    SELECT
        told.* EXCLUDE (line_key, process),
        CASE
            WHEN told.kind = 'client'::POSTFIX_KIND THEN split_part(substr(told.text, 8), ',', 1)
            WHEN told.kind = 'delivery'::POSTFIX_KIND THEN postfix_relay(told.text)
            ELSE split_part(split_part(told.text, ' from ', 2), ': ', 1)
        END AS peer
    FROM query_table(relation) AS told
    WHERE told.kind BETWEEN 'reject'::POSTFIX_KIND AND 'delivery'::POSTFIX_KIND
),

peers AS (
    SELECT
        peer,
        host_before(peer) AS peer_host,
        address_in(peer) AS peer_ip
    FROM (SELECT DISTINCT peer FROM line WHERE peer <> 'none')
)

SELECT
    line.source_id,
    line.line_no,
    coalesce(hop.time_utc, line.time_utc) AS time_utc,
    line.kind,
    line.who,
    line.queue_id,
    line.text,
    line.peer,
    peers.peer_host,
    peers.peer_ip,
    is_own_address(peers.peer_ip) AS is_own,
    coalesce(
        hop.recipients, several.recipients,
        CASE WHEN letters.recipient IS NULL THEN [] ELSE [letters.recipient] END
    ) AS recipients,
    coalesce(tls_line.tls, CASE WHEN hop.is_clear THEN 'No TLS' ELSE 'Not recorded' END) AS tls,
    CASE
        WHEN tls_line.tls_raw IS NOT NULL THEN tls_line.tls_raw
        WHEN hop.is_clear THEN 'tls=' || postfix_level(line.text)
        WHEN coalesce(hop.start_seen, letters.queued_utc <= hop.time_utc AND line.peer <> 'none') THEN 'no TLS line'
    END AS tls_raw,
    tls_line.cipher,
    tls_line.verified,
    letters.message_id,
    letters.envelope,
    letters.dropped,
    letters.has_expired
FROM line
INNER JOIN hop ON line.line_no = hop.line_no
LEFT JOIN turns ON line.line_no = turns.line_no
LEFT JOIN letters ON line.message = letters.message AND coalesce(turns.turn_no, 0) = letters.turn_no
LEFT JOIN postfix_recipients(relation, 'turns', 'letters') AS several
    ON letters.message = several.message AND letters.turn_no = several.turn_no AND line.kind = 'client'::POSTFIX_KIND
LEFT JOIN tls_line ON hop.tls_no = tls_line.line_no
LEFT JOIN peers ON line.peer = peers.peer;
