-- title: Exim, from lines to hops
-- help: The messages that the lines of a mainlog tell of, with their peers and ciphers.

-- All hops of a log: one a message that came by SMTP, one a message, peer and TLS that it was handed to, and one a sender that was refused,
-- or a message of his that got as far as an id.
CREATE OR REPLACE MACRO exim_hops(relation, files) AS TABLE  -- noqa: CP05
WITH line AS NOT MATERIALIZED (
    SELECT
        told.*,
        file.first_utc,
        exim_unquoted(told.text) AS bare_text
    FROM query_table(relation) AS told INNER JOIN query_table(files) AS file ON told.source_id = file.source_id
    WHERE told.time_utc IS NOT NULL
),

given AS (
    SELECT
        *,
        exim_address(bare_text) AS recipient
    FROM line
    WHERE flag IN ('=>', '->', '>>', '**', '==')
),

letter AS MATERIALIZED (
    SELECT
        id,
        server,
        arg_min(exim_address(bare_text), time_utc) AS sender,
        any_value(exim_field(bare_text, 'id')) AS message_id,
        any_value(exim_field(bare_text, 'S')) AS size_bytes
    FROM line
    WHERE flag = '<='
    GROUP BY id, server
),

wanted AS (
    SELECT
        id,
        server,
        list_sort(list(DISTINCT CASE WHEN contains(bare_text, ' <') THEN coalesce(nullif(regexp_extract(bare_text, '^\S+ <([^>\s]*)>', 1), ''), recipient) ELSE recipient END)) AS recipients
    FROM given
    GROUP BY id, server
),

-- Further recipients of a delivery may stand without its peer: they share that of the line before.
placed AS (
    SELECT
        *,
        CASE
            WHEN flag = '->' AND NOT contains(bare_text, ' H=')
                THEN last_value(CASE WHEN flag = '=>' THEN bare_text END IGNORE NULLS)
                    OVER (PARTITION BY id, server ORDER BY time_utc, first_utc, line_no ROWS UNBOUNDED PRECEDING)
            ELSE bare_text
        END AS over_text
    FROM given
),

sent AS (
    SELECT
        *,
        exim_peer(over_text) AS peer,
        exim_cipher(over_text) AS session,
        coalesce(exim_field(over_text, 'T'), '') AS transport
    FROM placed
    WHERE contains(over_text, ' H=') OR (flag IN ('**', '==') AND contains(exim_field(over_text, 'T'), 'smtp'))
),

-- TLS session: … delivering unencrypted to H=mx1.partner.example [203.0.113.9] is evidence of clear text.
fallback AS (
    SELECT DISTINCT
        id,
        server,
        address_of(ip) AS peer_ip
    FROM (
        SELECT
            *,
            regexp_extract(text, 'H=[^\[]*\[([^\]]+)\]', 1) AS ip
        FROM line
        WHERE flag = 'TLS' AND contains(text, 'delivering unencrypted')
    )
),

handed AS (
    SELECT
        sent.id,
        sent.server,
        sent.session.version,
        address_of(sent.peer.ip) AS peer_ip,
        CASE sent.flag WHEN '**' THEN 'bounced' WHEN '==' THEN 'deferred' ELSE 'delivered' END AS status,
        min(sent.line_no) AS line_no,
        min(sent.time_utc) AS time_utc,
        any_value(sent.session) AS session,
        any_value(sent.peer) AS peer,
        any_value(sent.transport) AS transport,
        list_sort(list(DISTINCT sent.recipient)) AS recipients
    FROM sent
    GROUP BY ALL
),

refusal AS (
    SELECT
        *,
        exim_peer(bare_text) AS peer,
        exim_cipher(bare_text) AS session,
        regexp_extract(bare_text, '\sF=<([^>]*)>', 1) AS sender,
        regexp_extract(bare_text, ' rejected RCPT <?([^>\s:]*)', 1) AS recipient,
        CASE WHEN contains(bare_text, 'temporarily rejected') THEN 'deferred' ELSE 'rejected' END AS status
    FROM line
    WHERE CASE WHEN flag = 'rejected' THEN exim_field(bare_text, 'H') IS NOT NULL END
),

received AS (
    SELECT
        *,
        exim_peer(bare_text) AS peer,
        exim_cipher(bare_text) AS session,
        exim_field(bare_text, 'P') AS protocol
    FROM line
    WHERE flag = '<=' AND contains(bare_text, ' H=')
),

refused AS (
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
    FROM refusal
    GROUP BY ALL
)

SELECT
    line.source_id,
    line.line_no,
    line.time_utc,
    line.server,
    line.id,
    line.text,
    line.peer,
    line.session,
    address_of(line.peer.ip) AS peer_ip,
    CASE WHEN contains(line.bare_text, ' A=') OR ends_with(line.protocol, 'a') THEN 'submission' ELSE 'inbound' END AS direction,
    'accepted' AS status,
    letter.sender,
    CASE
        WHEN contains(line.bare_text, ' for ') AND regexp_matches(line.bare_text, ' for \S+@') THEN list_sort(string_split(regexp_extract(line.bare_text, ' for (.*)$', 1), ' '))
        ELSE coalesce(wanted.recipients, [])
    END AS recipients,
    letter.message_id,
    letter.size_bytes,
    CASE
        WHEN contains(line.protocol, 'smtps') THEN 'TLS (version unknown)'
        WHEN contains(line.protocol, 'smtp') THEN 'No TLS'
        ELSE 'Not recorded'
    END AS untold,
    line.protocol AS untold_raw,
    NULL AS transport
FROM received AS line
LEFT JOIN letter ON line.id = letter.id AND line.server IS NOT DISTINCT FROM letter.server
LEFT JOIN wanted ON line.id = wanted.id AND line.server IS NOT DISTINCT FROM wanted.server
UNION ALL BY NAME
SELECT
    line.source_id,
    line.line_no,
    handed.time_utc,
    handed.server,
    handed.id,
    line.text,
    handed.peer,
    handed.session,
    handed.peer_ip,
    CASE WHEN contains(lower(handed.transport), 'lmtp') THEN 'internal' ELSE 'outbound' END AS direction,
    handed.status,
    coalesce(letter.sender, nullif(regexp_extract(line.bare_text, '\sF=<([^>]*)>', 1), '')) AS sender,
    handed.recipients,
    letter.message_id,
    letter.size_bytes,
    CASE WHEN fallback.id IS NOT NULL THEN 'No TLS' ELSE 'Not recorded' END AS untold,
    CASE WHEN fallback.id IS NOT NULL THEN 'delivering unencrypted' WHEN handed.peer_ip IS NOT NULL THEN 'no TLS line' END AS untold_raw,
    nullif(handed.transport, '') AS transport
FROM handed
INNER JOIN line ON handed.line_no = line.line_no
LEFT JOIN letter ON handed.id = letter.id AND handed.server IS NOT DISTINCT FROM letter.server
LEFT JOIN fallback ON handed.id = fallback.id AND handed.server IS NOT DISTINCT FROM fallback.server AND handed.peer_ip = fallback.peer_ip
UNION ALL BY NAME
SELECT
    line.source_id,
    line.line_no,
    refused.time_utc,
    refused.server,
    line.id,
    line.text,
    refused.peer,
    refused.session,
    address_of(refused.peer.ip) AS peer_ip,
    'inbound' AS direction,
    refused.status,
    refused.sender,
    coalesce(refused.recipients, []) AS recipients,
    'Not recorded' AS untold,
    NULL AS untold_raw
FROM refused INNER JOIN line ON refused.line_no = line.line_no;
