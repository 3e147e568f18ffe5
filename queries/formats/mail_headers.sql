-- title: Mails with their headers
-- help: .eml files, mboxes and pasted headers: each Received line is a hop. The hop at the edge is counted: the one that Exchange Online's front end wrote, else the newest between two organisations; newer hops are internal, and older hops of the sending side are not counted.
-- provides: TLS version and cipher of each hop, peer, sender, recipients, subject
-- lacks: connector, outbound mail; older hops are not reliable, because other servers wrote them
-- recognise: line ^Received: (from|by) 
-- recognise: line ^From \S+ +(Mon|Tue|Wed|Thu|Fri|Sat|Sun) 
-- recognise: line ^(Return-Path|Delivered-To|X-MS-Exchange-[A-Za-z-]+|ARC-Seal|Authentication-Results): 
-- reader: lines
-- system: Message headers
-- columns: line
-- stage: mail_header_rows
-- detail: 5
-- connectors_from_settings: yes
-- into: message
-- The line number of its first field identifies a mail, and its header ends with the next empty line. Fields are joined by line number, because running
-- counts with a FILTER and last non-NULL values take quadratic time in the lines of a mailbox.
WITH headers AS (
    SELECT
        first_field.source_id,
        first_field.line_no AS mail_no,
        coalesce(next_end.line_no, 9223372036854775807) AS end_no
    FROM (
        SELECT source_id, line_no
        FROM raw
        WHERE kind = 'from' OR kind = 'field'
        QUALIFY kind = 'field' AND lag(kind) OVER (PARTITION BY source_id ORDER BY line_no) IS DISTINCT FROM 'field'
    ) AS first_field
    ASOF LEFT JOIN (SELECT line_no FROM raw WHERE kind = 'from' OR kind = 'blank') AS next_end ON first_field.line_no < next_end.line_no
),

-- Read twice instead of materialized, because all headers of a mailbox need much memory.
header_fields AS NOT MATERIALIZED (
    SELECT
        headers.source_id,
        headers.mail_no,
        headers.end_no,
        raw.line_no AS field_no,
        raw.text
    FROM raw
    ASOF INNER JOIN headers ON raw.line_no >= headers.mail_no
    WHERE raw.kind = 'field' AND raw.source_id = headers.source_id AND raw.line_no < headers.end_no
),

-- The continuation lines of fields, except of the fields that the stage excludes.
continuations AS (
    SELECT
        header_fields.field_no,
        string_agg(raw.text, ' ' ORDER BY raw.line_no) AS text
    FROM raw
    ASOF INNER JOIN header_fields ON raw.line_no > header_fields.field_no
    WHERE raw.kind = 'more' AND raw.source_id = header_fields.source_id AND raw.line_no < header_fields.end_no AND header_fields.text IS NOT NULL
    GROUP BY header_fields.field_no
),

field_values AS (
    SELECT
        header_fields.source_id,
        header_fields.mail_no,
        header_fields.field_no,
        lower(string_split(header_fields.text, ':')[1]) AS name,
        trimmed(concat_ws(' ', substr(header_fields.text, strpos(header_fields.text, ':') + 1), continuations.text)) AS value
    FROM header_fields
    LEFT JOIN continuations ON header_fields.field_no = continuations.field_no
    WHERE header_fields.text IS NOT NULL
),

mails AS (
    SELECT
        mail_no,
        arg_min(value, field_no) FILTER (WHERE name = 'message-id') AS message_id,
        arg_min(value, field_no) FILTER (WHERE name = 'subject') AS subject,
        lower(coalesce(
            nullif(regexp_extract(arg_min(value, field_no) FILTER (WHERE name = 'return-path'), '<([^>]*)>', 1), ''),
            nullif(regexp_extract(arg_min(value, field_no) FILTER (WHERE name = 'from'), '([^\s<>"]+@[^\s<>",;]+)', 1), '')
        )) AS sender,
        regexp_extract_all(
            lower(string_agg(value, ', ' ORDER BY field_no) FILTER (WHERE name = 'to' OR name = 'cc')), '[^\s<>",;:]+@[^\s<>",;:]+'
        ) AS addressed,
        coalesce(
            arg_min(value, field_no) FILTER (WHERE name = 'x-ms-exchange-organization-network-message-id'),
            arg_min(value, field_no) FILTER (WHERE name = 'x-ms-exchange-crosstenant-network-message-id')
        ) AS network_message_id
    FROM field_values
    WHERE name <> 'received'
    GROUP BY mail_no
),

received_fields AS (
    SELECT
        source_id,
        mail_no,
        field_no,
        value,
        try_cast(try_strptime(
            regexp_extract(value, ';\s*((?:\w{3}, +)?\d{1,2} \w{3} \d{4} \d\d:\d\d:\d\d [+-]\d{4})', 1), ['%a, %d %b %Y %H:%M:%S %z', '%d %b %Y %H:%M:%S %z']
        ) AS TIMESTAMPTZ) AS stamp,
        lower(nullif(rtrim(regexp_extract(value, '^from\s+(\S+)', 1, 'i'), '.'), '')) AS from_name,
        lower(nullif(rtrim(regexp_extract(value, '^from\s+\S+\s+\(([^\s()\[\]:]*[A-Za-z][^\s()\[\]:]*\.[^\s()\[\]:]+)', 1, 'i'), '.'), '')) AS rdns,
        address_of(nullif(regexp_extract(value, '^from\s[^;]*?[\[(](?:IPv6:)?((?:\d{1,3}\.){3}\d{1,3}|[0-9a-fA-F]*:[0-9a-fA-F:.]+)[\])]', 1, 'i'), '')) AS ip,
        lower(nullif(rtrim(regexp_extract(value, '(?:^|\s)by\s+([^\s;()]+)', 1, 'i'), '.'), '')) AS by_host,
        lower(nullif(regexp_extract(value, '\swith\s+(\S+)', 1, 'i'), '')) AS protocol,
        nullif(coalesce(
            nullif(regexp_extract(value, '\(version=([^\s,;)]+)', 1, 'i'), ''),
            nullif(regexp_extract(value, '\(using (\S+) with cipher', 1, 'i'), ''),
            nullif(regexp_extract(value, '\((TLSv?1(?:\.\d)?)\) tls ', 1, 'i'), ''),
            nullif(regexp_extract(value, 'with e?smtps?a? *\((TLS[\w.]*):', 1, 'i'), '')
        ), '') AS tls_raw,
        nullif(coalesce(
            nullif(regexp_extract(value, '[\s,(]cipher=([^\s,;)]+)', 1, 'i'), ''),
            nullif(regexp_extract(value, '\(using \S+ with cipher (\S+)', 1, 'i'), ''),
            nullif(regexp_extract(value, '\(TLSv?1(?:\.\d)?\) tls (\S+)', 1, 'i'), ''),
            nullif(regexp_extract(value, 'with e?smtps?a? *\(TLS[\w.]*:([^:)]+)', 1, 'i'), '')
        ), '') AS cipher,
        lower(nullif(regexp_extract(value, '\sfor\s+<([^>]+)>', 1, 'i'), '')) AS recipient
    FROM field_values
    WHERE name = 'received'
),

hops AS (
    SELECT
        *,
        value ILIKE '%mail.protection.outlook.com%via frontend transport%' AS is_service_edge,
        coalesce(
            ip IS NOT NULL AND NOT regexp_matches(ip, '^(10\.|127\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.|::1$|f[cde])')
            AND site_of(coalesce(rdns, from_name, '')) <> site_of(by_host), FALSE
        ) AS is_border
    FROM received_fields
),

edge_hops AS (
    SELECT
        mail_no,
        coalesce(min(field_no) FILTER (WHERE is_service_edge AND is_border), min(field_no) FILTER (WHERE is_border)) AS edge_no
    FROM hops
    GROUP BY mail_no
)

SELECT
    hops.source_id,
    hops.field_no AS line_no,
    cast(timezone('UTC', hops.stamp) AS TIMESTAMP) AS time_utc,
    CASE WHEN hops.field_no = edge_hops.edge_no THEN 'inbound' WHEN hops.field_no < edge_hops.edge_no THEN 'internal' ELSE 'unknown' END AS direction,
    hops.tls_raw,
    CASE
        WHEN hops.tls_raw IS NOT NULL THEN tls_grade(hops.tls_raw, hops.cipher)
        WHEN hops.protocol IN ('esmtps', 'esmtpsa', 'smtps', 'utf8smtps') OR hops.value ILIKE '%microsoft smtp server (tls) id%' THEN 'TLS (version unknown)'
        WHEN hops.is_service_edge THEN 'No TLS'
        WHEN hops.protocol IN ('smtp', 'esmtp', 'esmtpa') AND regexp_matches(hops.value, '\(Postfix[,)]|\(Exim \d') THEN 'No TLS'
        ELSE 'Not recorded'
    END AS tls,
    hops.cipher,
    'accepted' AS status,
    'Message headers' AS system,
    hops.by_host AS server,
    coalesce(hops.rdns, CASE WHEN hops.from_name LIKE '%.%' AND hops.from_name NOT LIKE '[%' THEN hops.from_name END) AS peer_host,
    hops.from_name AS helo,
    hops.ip AS peer_ip,
    domain_of(mails.sender) AS peer_domain,
    mails.sender,
    CASE WHEN hops.recipient IS NOT NULL THEN [hops.recipient] ELSE coalesce(mails.addressed, []) END AS recipients,
    mails.subject,
    mails.message_id,
    mails.network_message_id,
    CASE
        WHEN hops.is_service_edge AND hops.field_no = edge_hops.edge_no AND mails.network_message_id IS NOT NULL
            THEN md5_number_lower(concat_ws('|', 'exo-in', mails.network_message_id))
        ELSE md5_number_lower(concat_ws('|', 'header', coalesce(mails.message_id, ''), hops.value))
    END AS hop_key,
    CASE WHEN hops.stamp IS NULL THEN 'the Received line has no date' END AS problem
FROM hops
INNER JOIN edge_hops ON hops.mail_no = edge_hops.mail_no
LEFT JOIN mails ON hops.mail_no = mails.mail_no
