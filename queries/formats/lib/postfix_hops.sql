-- title: Postfix: hops
-- help: The sessions of smtpd, the connections of smtp, and the messages of the queue.

-- Return all hops of a log: mail that smtpd accepted or rejected, and deliveries and attempts of smtp. Text is joined last, because sorting it is slow.
CREATE OR REPLACE MACRO postfix_hops(relation, files) AS TABLE  -- noqa: CP05
WITH queue_id_uses AS MATERIALIZED (FROM postfix_queue_id_uses(relation, files)),

lines AS MATERIALIZED (FROM postfix_tls_text(relation)),

queue_messages AS MATERIALIZED (FROM postfix_messages(relation, 'queue_id_uses')),

multi_recipient_messages AS MATERIALIZED (SELECT message, use_no FROM queue_messages WHERE recipient_count > 1),

tls_states AS MATERIALIZED (
    SELECT * FROM postfix_tls_states(relation, files)
    WHERE kind = 'tls out'::POSTFIX_KIND OR kind BETWEEN 'reject'::POSTFIX_KIND AND 'delivery'::POSTFIX_KIND
),

rejections AS (
    SELECT
        min(refusal.line_no) AS line_no,
        tls_states.tls_state,
        list_sort(list(DISTINCT refusal.recipient) FILTER (WHERE refusal.recipient <> '')) AS recipients
    FROM postfix_refusals(relation) AS refusal
    INNER JOIN (SELECT line_no, tls_state, session_line_no FROM tls_states WHERE kind = 'reject'::POSTFIX_KIND) AS tls_states ON refusal.line_no = tls_states.line_no
    GROUP BY refusal.process, tls_states.session_line_no, tls_states.tls_state, refusal.peer, refusal.sender
),

-- The TLS line before a delivery belongs to it if no other message was delivered between them, and if it is at most an hour old, because process
-- numbers are reused.
deliveries AS MATERIALIZED (
    SELECT
        line.line_no,
        line.time_utc,
        line.message,
        coalesce(queue_id_uses.use_no, 0) AS use_no,
        hash(line.peer) AS relay,
        line.peer = 'none' AS has_no_relay,
        line.outcome,
        contains(line.text, ', conn_use=') AS is_reused,
        postfix_level(line.text) AS level,
        CASE WHEN multi_recipient_messages.message IS NOT NULL THEN line.name END AS recipient,
        line.is_evidence,
        CASE
            WHEN
                opened.next_message = line.message AND opened.relay = hash(line.peer) AND line.time_utc <= opened.time_utc + INTERVAL 1 HOUR
                THEN opened.protocol
        END AS protocol
    FROM lines AS line
    LEFT JOIN queue_id_uses ON line.line_no = queue_id_uses.line_no
    LEFT JOIN multi_recipient_messages ON line.message = multi_recipient_messages.message AND coalesce(queue_id_uses.use_no, 0) = multi_recipient_messages.use_no
    LEFT JOIN (SELECT line_no, tls_state FROM tls_states WHERE kind = 'delivery'::POSTFIX_KIND) AS delivery_state ON line.line_no = delivery_state.line_no
    LEFT JOIN (SELECT line_no + 2 AS tls_state, time_utc, next_message, relay, protocol FROM tls_states WHERE kind = 'tls out'::POSTFIX_KIND) AS opened
        ON delivery_state.tls_state = opened.tls_state
    WHERE line.kind = 'delivery'::POSTFIX_KIND AND line.outcome IS NOT NULL
),

deliveries_without_tls_line AS MATERIALIZED (
    SELECT
        deliveries.line_no,
        deliveries.time_utc,
        deliveries.is_reused,
        line.peer,
        postfix_server(line.who) AS server
    FROM lines AS line
    INNER JOIN deliveries ON line.line_no = deliveries.line_no
    WHERE line.kind = 'delivery'::POSTFIX_KIND AND deliveries.protocol IS NULL AND NOT deliveries.has_no_relay
),

-- The TLS line of a reused connection is logged when the connection is opened: by another process, or by tlsproxy, at most ten minutes before.
reused_tls_connections AS (
    SELECT
        line.line_no,
        opened.protocol
    FROM deliveries_without_tls_line AS line
    ASOF INNER JOIN (
        SELECT
            time_utc,
            postfix_server(who) AS server,
            string_split(text, ' ')[1] AS peer,
            bool_or(contains(who, '/tlsproxy[')) AS is_proxy,
            -- Of several lines of the same time, take the same one in any order of files.
            min(hash(postfix_negotiated(text))) AS protocol
        FROM query_table(relation)
        WHERE kind = 'tls out'::POSTFIX_KIND AND string_split(text, ' ')[1] IN (SELECT peer FROM deliveries_without_tls_line)
        GROUP BY ALL
    ) AS opened
        ON line.server = opened.server AND line.peer = opened.peer AND line.time_utc >= opened.time_utc
    WHERE line.time_utc <= opened.time_utc + INTERVAL 10 MINUTE AND (line.is_reused OR opened.is_proxy)
),

-- A reused connection is known to be clear text only if its first use was logged.
reuses_with_first_use AS (
    SELECT reuse.line_no
    FROM (SELECT * FROM deliveries_without_tls_line WHERE is_reused) AS reuse
    ASOF INNER JOIN (SELECT * FROM deliveries_without_tls_line WHERE NOT is_reused) AS opened
        ON reuse.server = opened.server AND reuse.peer = opened.peer AND reuse.time_utc >= opened.time_utc
    WHERE reuse.time_utc <= opened.time_utc + INTERVAL 10 MINUTE
),

protocols AS MATERIALIZED (FROM postfix_protocols(relation)),

delivery_hops AS (
    SELECT
        min(deliveries.line_no) AS line_no,
        min(protocols.protocol) AS tls_state,
        min(deliveries.time_utc) AS time_utc,
        bool_or(postfix_is_clear_text(deliveries.level) AND NOT deliveries.has_no_relay) AS is_clear,
        bool_or(deliveries.outcome = 'sent'::POSTFIX_OUTCOME AND postfix_is_tls(deliveries.level)) AS is_tls,
        bool_and((deliveries.level IS NULL OR contains(deliveries.level, '?')) AND (NOT deliveries.is_reused OR reuses_with_first_use.line_no IS NOT NULL)) AS start_seen,
        CASE WHEN count(*) > 1 THEN list_sort(list_distinct(list(deliveries.recipient))) END AS recipients
    FROM deliveries
    LEFT JOIN reused_tls_connections ON deliveries.line_no = reused_tls_connections.line_no
    LEFT JOIN reuses_with_first_use ON deliveries.line_no = reuses_with_first_use.line_no
    LEFT JOIN protocols ON coalesce(deliveries.protocol, reused_tls_connections.protocol) = protocols.protocol
    WHERE NOT deliveries.is_evidence
    GROUP BY deliveries.message, deliveries.use_no, deliveries.relay, deliveries.outcome, protocols.tls
),

hops AS (
    SELECT line_no, tls_state, NULL AS recipients, FALSE AS is_clear, FALSE AS is_tls, tls_state = 1 AS start_seen, NULL AS time_utc
    FROM tls_states
    WHERE kind = 'client'::POSTFIX_KIND
    UNION ALL BY NAME
    SELECT line_no, tls_state, recipients, tls_state = 1 AS start_seen FROM rejections
    UNION ALL BY NAME
    SELECT line_no, tls_state, recipients, is_clear, is_tls, start_seen, time_utc FROM delivery_hops
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
    coalesce(hops.time_utc, line.time_utc) AS time_utc,
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
        WHEN hops.recipients IS NOT NULL THEN hops.recipients
        WHEN line.kind = 'delivery'::POSTFIX_KIND THEN [line.name]
        WHEN recipient_lists.recipients IS NOT NULL THEN recipient_lists.recipients
        WHEN queue_messages.recipient IS NULL THEN []
        ELSE [queue_messages.recipient]
    END AS recipients,
    coalesce(
        protocols.tls, CASE WHEN hops.is_clear THEN 'No TLS' WHEN hops.is_tls THEN 'TLS (version unknown)' ELSE 'Not recorded' END
    ) AS tls,
    CASE
        WHEN protocols.tls_raw IS NOT NULL THEN protocols.tls_raw
        WHEN hops.is_clear OR hops.is_tls THEN 'tls=' || postfix_level(line.text)
        WHEN hops.start_seen AND (line.kind <> 'delivery'::POSTFIX_KIND OR (queue_messages.queued_utc <= hops.time_utc AND line.peer <> 'none'))
            THEN 'no TLS line'
    END AS tls_raw,
    protocols.cipher,
    protocols.verified,
    queue_messages.message_id,
    queue_messages.envelope,
    queue_messages.dropped,
    queue_messages.has_expired
FROM lines AS line
INNER JOIN hops ON line.line_no = hops.line_no
LEFT JOIN queue_id_uses ON line.line_no = queue_id_uses.line_no
LEFT JOIN queue_messages ON line.message = queue_messages.message AND coalesce(queue_id_uses.use_no, 0) = queue_messages.use_no
LEFT JOIN postfix_recipients(relation, 'queue_id_uses', 'multi_recipient_messages') AS recipient_lists
    ON line.message = recipient_lists.message AND coalesce(queue_id_uses.use_no, 0) = recipient_lists.use_no AND line.kind = 'client'::POSTFIX_KIND
LEFT JOIN protocols ON hops.tls_state = protocols.protocol
LEFT JOIN peers ON line.peer = peers.peer;
