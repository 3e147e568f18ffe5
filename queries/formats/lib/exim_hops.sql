-- title: Exim: hops
-- help: The messages that the lines of a mainlog record, with their peers and ciphers.

-- Return all hops of a log: one per message received by SMTP, one per message, peer and TLS version that it was delivered to, and one per rejected
-- sender, or per rejected message that already had an id.
CREATE OR REPLACE MACRO exim_hops(relation, files) AS TABLE  -- noqa: CP05
WITH log_lines AS NOT MATERIALIZED (
    SELECT
        entry.*,
        file.first_utc,
        exim_unquoted(entry.text) AS bare_text
    FROM query_table(relation) AS entry INNER JOIN query_table(files) AS file ON entry.source_id = file.source_id
    WHERE entry.time_utc IS NOT NULL
),

delivery_lines AS (
    SELECT
        *,
        exim_address(bare_text) AS recipient
    FROM log_lines
    WHERE flag IN ('=>', '->', '>>', '**', '==')
),

messages AS MATERIALIZED (
    SELECT
        id,
        server,
        arg_min(exim_address(bare_text), time_utc) AS sender,
        any_value(exim_field(bare_text, 'id')) AS message_id,
        any_value(exim_field(bare_text, 'S')) AS size_bytes
    FROM log_lines
    WHERE flag = '<='
    GROUP BY id, server
),

message_recipients AS (
    SELECT
        id,
        server,
        list_sort(list(DISTINCT CASE WHEN contains(bare_text, ' <') THEN coalesce(nullif(regexp_extract(bare_text, '^\S+ <([^>\s]*)>', 1), ''), recipient) ELSE recipient END)) AS recipients
    FROM delivery_lines
    GROUP BY id, server
),

-- Lines of further recipients of a delivery may lack the peer: it is that of the line before.
delivery_lines_with_peer AS (
    SELECT
        *,
        CASE
            WHEN flag = '->' AND NOT contains(bare_text, ' H=')
                THEN last_value(CASE WHEN flag = '=>' THEN bare_text END IGNORE NULLS)
                    OVER (PARTITION BY id, server ORDER BY time_utc, first_utc, line_no ROWS UNBOUNDED PRECEDING)
            ELSE bare_text
        END AS peer_text
    FROM delivery_lines
),

smtp_deliveries AS (
    SELECT
        *,
        exim_peer(peer_text) AS peer,
        exim_cipher(peer_text) AS session,
        coalesce(exim_field(peer_text, 'T'), '') AS transport
    FROM delivery_lines_with_peer
    WHERE contains(peer_text, ' H=') OR (flag IN ('**', '==') AND contains(exim_field(peer_text, 'T'), 'smtp'))
),

-- TLS session: … delivering unencrypted to H=mx1.partner.example [203.0.113.9] is evidence of clear text.
clear_text_fallbacks AS (
    SELECT DISTINCT
        id,
        server,
        address_of(ip) AS peer_ip
    FROM (
        SELECT
            *,
            regexp_extract(text, 'H=[^\[]*\[([^\]]+)\]', 1) AS ip
        FROM log_lines
        WHERE flag = 'TLS' AND contains(text, 'delivering unencrypted')
    )
),

deliveries AS (
    SELECT
        smtp_deliveries.id,
        smtp_deliveries.server,
        smtp_deliveries.session.version,
        address_of(smtp_deliveries.peer.ip) AS peer_ip,
        CASE smtp_deliveries.flag WHEN '**' THEN 'bounced' WHEN '==' THEN 'deferred' ELSE 'delivered' END AS status,
        min(smtp_deliveries.line_no) AS line_no,
        min(smtp_deliveries.time_utc) AS time_utc,
        any_value(smtp_deliveries.session) AS session,
        any_value(smtp_deliveries.peer) AS peer,
        any_value(smtp_deliveries.transport) AS transport,
        list_sort(list(DISTINCT smtp_deliveries.recipient)) AS recipients
    FROM smtp_deliveries
    GROUP BY ALL
),

rejection_lines AS (
    SELECT
        *,
        exim_peer(bare_text) AS peer,
        exim_cipher(bare_text) AS session,
        regexp_extract(bare_text, '\sF=<([^>]*)>', 1) AS sender,
        regexp_extract(bare_text, ' rejected RCPT <?([^>\s:]*)', 1) AS recipient,
        CASE WHEN contains(bare_text, 'temporarily rejected') THEN 'deferred' ELSE 'rejected' END AS status
    FROM log_lines
    WHERE CASE WHEN flag = 'rejected' THEN exim_field(bare_text, 'H') IS NOT NULL END
),

arrivals AS (
    SELECT
        *,
        exim_peer(bare_text) AS peer,
        exim_cipher(bare_text) AS session,
        exim_field(bare_text, 'P') AS protocol
    FROM log_lines
    WHERE flag = '<=' AND contains(bare_text, ' H=')
),

rejections AS (
    SELECT
        server,
        id,
        peer,
        session,
        sender,
        status,
        time_bucket(INTERVAL 1 MINUTE, time_utc) AS minute_utc,
        min(line_no) AS line_no,
        min(time_utc) AS time_utc,
        list_sort(list(DISTINCT recipient) FILTER (WHERE recipient <> '')) AS recipients
    FROM rejection_lines
    GROUP BY ALL
)

SELECT
    arrivals.source_id,
    arrivals.line_no,
    arrivals.time_utc,
    arrivals.server,
    arrivals.id,
    arrivals.text,
    arrivals.peer,
    arrivals.session,
    address_of(arrivals.peer.ip) AS peer_ip,
    CASE WHEN contains(arrivals.bare_text, ' A=') OR ends_with(arrivals.protocol, 'a') THEN 'submission' ELSE 'inbound' END AS direction,
    'accepted' AS status,
    messages.sender,
    CASE
        WHEN contains(arrivals.bare_text, ' for ') AND regexp_matches(arrivals.bare_text, ' for \S+@') THEN list_sort(string_split(regexp_extract(arrivals.bare_text, ' for (.*)$', 1), ' '))
        ELSE coalesce(message_recipients.recipients, [])
    END AS recipients,
    messages.message_id,
    messages.size_bytes,
    CASE
        WHEN contains(arrivals.protocol, 'smtps') THEN 'TLS (version unknown)'
        WHEN contains(arrivals.protocol, 'smtp') THEN 'No TLS'
        ELSE 'Not recorded'
    END AS default_tls,
    arrivals.protocol AS default_tls_raw,
    NULL AS transport
FROM arrivals
LEFT JOIN messages ON arrivals.id = messages.id AND arrivals.server IS NOT DISTINCT FROM messages.server
LEFT JOIN message_recipients ON arrivals.id = message_recipients.id AND arrivals.server IS NOT DISTINCT FROM message_recipients.server
UNION ALL BY NAME
SELECT
    log_lines.source_id,
    log_lines.line_no,
    deliveries.time_utc,
    deliveries.server,
    deliveries.id,
    log_lines.text,
    deliveries.peer,
    deliveries.session,
    deliveries.peer_ip,
    CASE WHEN contains(lower(deliveries.transport), 'lmtp') THEN 'internal' ELSE 'outbound' END AS direction,
    deliveries.status,
    coalesce(messages.sender, nullif(regexp_extract(log_lines.bare_text, '\sF=<([^>]*)>', 1), '')) AS sender,
    deliveries.recipients,
    messages.message_id,
    messages.size_bytes,
    CASE WHEN clear_text_fallbacks.id IS NOT NULL THEN 'No TLS' ELSE 'Not recorded' END AS default_tls,
    CASE WHEN clear_text_fallbacks.id IS NOT NULL THEN 'delivering unencrypted' WHEN deliveries.peer_ip IS NOT NULL THEN 'no TLS line' END AS default_tls_raw,
    nullif(deliveries.transport, '') AS transport
FROM deliveries
INNER JOIN log_lines ON deliveries.line_no = log_lines.line_no
LEFT JOIN messages ON deliveries.id = messages.id AND deliveries.server IS NOT DISTINCT FROM messages.server
LEFT JOIN clear_text_fallbacks ON deliveries.id = clear_text_fallbacks.id AND deliveries.server IS NOT DISTINCT FROM clear_text_fallbacks.server AND deliveries.peer_ip = clear_text_fallbacks.peer_ip
UNION ALL BY NAME
SELECT
    log_lines.source_id,
    log_lines.line_no,
    rejections.time_utc,
    rejections.server,
    log_lines.id,
    log_lines.text,
    rejections.peer,
    rejections.session,
    address_of(rejections.peer.ip) AS peer_ip,
    'inbound' AS direction,
    rejections.status,
    rejections.sender,
    coalesce(rejections.recipients, []) AS recipients,
    'Not recorded' AS default_tls,
    NULL AS default_tls_raw
FROM rejections INNER JOIN log_lines ON rejections.line_no = log_lines.line_no;
