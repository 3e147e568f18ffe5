-- title: Postfix, from lines to hops
-- help: The sessions of smtpd, the connections of smtp, and the messages of the queue.

-- All hops of a log: what smtpd took or refused, and what smtp handed over, or tried to. Text is dear: it is fetched last, for the line of each hop.
CREATE OR REPLACE MACRO postfix_hops(relation, files) AS TABLE  -- noqa: CP05
WITH turns AS MATERIALIZED (FROM postfix_attempts(relation, files)),

lines AS MATERIALIZED (FROM postfix_tls_text(relation)),

letters AS MATERIALIZED (FROM postfix_messages(relation, 'turns')),

crowds AS MATERIALIZED (SELECT message, turn_no FROM letters WHERE recipient_count > 1),

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
    INNER JOIN (SELECT line_no, mark, visit FROM marks WHERE kind = 'reject'::POSTFIX_KIND) AS marks ON refusal.line_no = marks.line_no
    GROUP BY refusal.process, marks.visit, marks.mark, refusal.peer, refusal.sender
),

-- The TLS line before a delivery is its own if no other message was delivered between them, and if it is not older than an hour: the number of
-- a process comes back one day.
delivered AS MATERIALIZED (
    SELECT
        line.line_no,
        line.time_utc,
        line.message,
        coalesce(turns.turn_no, 0) AS turn_no,
        hash(line.peer) AS relay,
        line.peer = 'none' AS is_nowhere,
        line.outcome,
        contains(line.text, ', conn_use=') AS is_used_again,
        postfix_level(line.text) AS level,
        CASE WHEN crowds.message IS NOT NULL THEN line.name END AS recipient,
        line.is_evidence,
        CASE
            WHEN
                opened.next_message = line.message AND opened.relay = hash(line.peer) AND line.time_utc <= opened.time_utc + INTERVAL 1 HOUR
                THEN opened.protocol
        END AS protocol
    FROM lines AS line
    LEFT JOIN turns ON line.line_no = turns.line_no
    LEFT JOIN crowds ON line.message = crowds.message AND coalesce(turns.turn_no, 0) = crowds.turn_no
    LEFT JOIN (SELECT line_no, mark FROM marks WHERE kind = 'delivery'::POSTFIX_KIND) AS place ON line.line_no = place.line_no
    LEFT JOIN (SELECT line_no + 2 AS mark, time_utc, next_message, relay, protocol FROM marks WHERE kind = 'tls out'::POSTFIX_KIND) AS opened
        ON place.mark = opened.mark
    WHERE line.kind = 'delivery'::POSTFIX_KIND AND line.outcome IS NOT NULL
),

-- Deliveries without a TLS line of their own.
alone AS MATERIALIZED (
    SELECT
        delivered.line_no,
        delivered.time_utc,
        delivered.is_used_again,
        line.peer,
        postfix_server(line.who) AS server
    FROM lines AS line
    INNER JOIN delivered ON line.line_no = delivered.line_no
    WHERE line.kind = 'delivery'::POSTFIX_KIND AND delivered.protocol IS NULL AND NOT delivered.is_nowhere
),

-- A connection that is used again shows TLS where it was opened: by another process, or by tlsproxy, not long before.
shared AS (
    SELECT
        line.line_no,
        opened.protocol
    FROM alone AS line
    ASOF INNER JOIN (
        SELECT
            time_utc,
            postfix_server(who) AS server,
            string_split(text, ' ')[1] AS peer,
            bool_or(contains(who, '/tlsproxy[')) AS is_proxy,
            -- Of several within the same moment, the same one in any order of files.
            min(hash(postfix_agreed(text))) AS protocol
        FROM query_table(relation)
        WHERE kind = 'tls out'::POSTFIX_KIND AND string_split(text, ' ')[1] IN (SELECT peer FROM alone)
        GROUP BY ALL
    ) AS opened
        ON line.server = opened.server AND line.peer = opened.peer AND line.time_utc >= opened.time_utc
    WHERE line.time_utc <= opened.time_utc + INTERVAL 10 MINUTE AND (line.is_used_again OR opened.is_proxy)
),

-- That it has none can only be told where its first use was seen.
begun AS (
    SELECT again.line_no
    FROM (SELECT * FROM alone WHERE is_used_again) AS again
    ASOF INNER JOIN (SELECT * FROM alone WHERE NOT is_used_again) AS opened
        ON again.server = opened.server AND again.peer = opened.peer AND again.time_utc >= opened.time_utc
    WHERE again.time_utc <= opened.time_utc + INTERVAL 10 MINUTE
),

protocols AS MATERIALIZED (FROM postfix_protocols(relation)),

sent AS (
    SELECT
        min(delivered.line_no) AS line_no,
        min(protocols.protocol) AS mark,
        min(delivered.time_utc) AS time_utc,
        bool_or(postfix_is_clear_text(delivered.level) AND NOT delivered.is_nowhere) AS is_clear,
        bool_or(delivered.outcome = 'sent'::POSTFIX_OUTCOME AND postfix_is_tls(delivered.level)) AS is_tls,
        bool_and((delivered.level IS NULL OR contains(delivered.level, '?')) AND (NOT delivered.is_used_again OR begun.line_no IS NOT NULL)) AS start_seen,
        CASE WHEN count(*) > 1 THEN list_sort(list_distinct(list(delivered.recipient))) END AS recipients
    FROM delivered
    LEFT JOIN shared ON delivered.line_no = shared.line_no
    LEFT JOIN begun ON delivered.line_no = begun.line_no
    LEFT JOIN protocols ON coalesce(delivered.protocol, shared.protocol) = protocols.protocol
    WHERE NOT delivered.is_evidence
    GROUP BY delivered.message, delivered.turn_no, delivered.relay, delivered.outcome, protocols.tls
),

hop AS (
    SELECT line_no, mark, NULL AS recipients, FALSE AS is_clear, FALSE AS is_tls, mark = 1 AS start_seen, NULL AS time_utc
    FROM marks
    WHERE kind = 'client'::POSTFIX_KIND
    UNION ALL BY NAME
    SELECT line_no, mark, recipients, mark = 1 AS start_seen FROM refused
    UNION ALL BY NAME
    SELECT line_no, mark, recipients, is_clear, is_tls, start_seen, time_utc FROM sent
),

peers AS (
    SELECT
        peer,
        CASE WHEN peer <> 'none' THEN host_before(peer) END AS peer_host,
        CASE WHEN peer <> 'none' THEN address_in(peer) END AS peer_ip
    FROM (SELECT DISTINCT peer FROM lines)
)

SELECT
    line.source_id,
    line.line_no,
    coalesce(hop.time_utc, line.time_utc) AS time_utc,
    line.kind,
    line.who,
    line.queue_id,
    line.outcome,
    line.text,
    line.peer,
    peers.peer_host,
    peers.peer_ip,
    is_own_address(peers.peer_ip) AS is_own,
    CASE
        WHEN hop.recipients IS NOT NULL THEN hop.recipients
        WHEN line.kind = 'delivery'::POSTFIX_KIND THEN [line.name]
        WHEN several.recipients IS NOT NULL THEN several.recipients
        WHEN letters.recipient IS NULL THEN []
        ELSE [letters.recipient]
    END AS recipients,
    coalesce(
        protocols.tls, CASE WHEN hop.is_clear THEN 'No TLS' WHEN hop.is_tls THEN 'TLS (version unknown)' ELSE 'Not recorded' END
    ) AS tls,
    CASE
        WHEN protocols.tls_raw IS NOT NULL THEN protocols.tls_raw
        WHEN hop.is_clear OR hop.is_tls THEN 'tls=' || postfix_level(line.text)
        WHEN hop.start_seen AND (line.kind <> 'delivery'::POSTFIX_KIND OR (letters.queued_utc <= hop.time_utc AND line.peer <> 'none'))
            THEN 'no TLS line'
    END AS tls_raw,
    protocols.cipher,
    protocols.verified,
    letters.message_id,
    letters.envelope,
    letters.dropped,
    letters.has_expired
FROM lines AS line
INNER JOIN hop ON line.line_no = hop.line_no
LEFT JOIN turns ON line.line_no = turns.line_no
LEFT JOIN letters ON line.message = letters.message AND coalesce(turns.turn_no, 0) = letters.turn_no
LEFT JOIN postfix_recipients(relation, 'turns', 'crowds') AS several
    ON line.message = several.message AND coalesce(turns.turn_no, 0) = several.turn_no AND line.kind = 'client'::POSTFIX_KIND
LEFT JOIN protocols ON hop.mark = protocols.protocol
LEFT JOIN peers ON line.peer = peers.peer;
