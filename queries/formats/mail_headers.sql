-- title: Mails with their headers
-- help: .eml files, mboxes and pasted headers: each Received line is a hop. Counted is the hop at the edge: the one that Exchange Online's front end wrote, else the newest between two organisations; newer ones are internal, older ones of the other side are kept apart.
-- provides: TLS version and cipher of each hop, peer, sender, recipients, subject
-- lacks: connector, outbound mail; whether older hops are true (others wrote them)
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
-- A mail is known by the line of its first field, and its header ends with the next empty line. What belongs to it is found by its place: running counts
-- with a FILTER, and last values that are not NULL, take the square of a mailbox's lines.
WITH header AS (
    SELECT
        begun.source_id,
        begun.line_no AS mail_no,
        coalesce(border.line_no, 9223372036854775807) AS end_no
    FROM (
        SELECT source_id, line_no
        FROM raw
        WHERE kind = 'from' OR kind = 'field'
        QUALIFY kind = 'field' AND lag(kind) OVER (PARTITION BY source_id ORDER BY line_no) IS DISTINCT FROM 'field'
    ) AS begun
    ASOF LEFT JOIN (SELECT line_no FROM raw WHERE kind = 'from' OR kind = 'blank') AS border ON begun.line_no < border.line_no
),

-- Read twice rather than held: all headers of a mailbox are many.
place AS NOT MATERIALIZED (
    SELECT
        header.source_id,
        header.mail_no,
        header.end_no,
        raw.line_no AS field_no,
        raw.text
    FROM raw
    ASOF INNER JOIN header ON raw.line_no >= header.mail_no
    WHERE raw.kind = 'field' AND raw.source_id = header.source_id AND raw.line_no < header.end_no
),

-- The other lines of fields; those of fields that tell nothing are left out, as the fields are.
more AS (
    SELECT
        place.field_no,
        string_agg(raw.text, ' ' ORDER BY raw.line_no) AS text
    FROM raw
    ASOF INNER JOIN place ON raw.line_no > place.field_no
    WHERE raw.kind = 'more' AND raw.source_id = place.source_id AND raw.line_no < place.end_no AND place.text IS NOT NULL
    GROUP BY place.field_no
),

field AS (
    SELECT
        place.source_id,
        place.mail_no,
        place.field_no,
        lower(string_split(place.text, ':')[1]) AS name,
        trimmed(concat_ws(' ', substr(place.text, strpos(place.text, ':') + 1), more.text)) AS value
    FROM place
    LEFT JOIN more ON place.field_no = more.field_no
    WHERE place.text IS NOT NULL
),

mail AS (
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
    FROM field
    WHERE name <> 'received'
    GROUP BY mail_no
),

hop AS (
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
    FROM field
    WHERE name = 'received'
),

judged AS (
    SELECT
        *,
        value ILIKE '%mail.protection.outlook.com%via frontend transport%' AS is_service_edge,
        coalesce(
            ip IS NOT NULL AND NOT regexp_matches(ip, '^(10\.|127\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.|::1$|f[cde])')
            AND site_of(coalesce(rdns, from_name, '')) <> site_of(by_host), FALSE
        ) AS is_border
    FROM hop
),

edge AS (
    SELECT
        mail_no,
        coalesce(min(field_no) FILTER (WHERE is_service_edge AND is_border), min(field_no) FILTER (WHERE is_border)) AS edge_no
    FROM judged
    GROUP BY mail_no
)

SELECT
    judged.source_id,
    judged.field_no AS line_no,
    cast(timezone('UTC', judged.stamp) AS TIMESTAMP) AS time_utc,
    CASE WHEN judged.field_no = edge.edge_no THEN 'inbound' WHEN judged.field_no < edge.edge_no THEN 'internal' ELSE 'unknown' END AS direction,
    judged.tls_raw,
    CASE
        WHEN judged.tls_raw IS NOT NULL THEN tls_grade(judged.tls_raw, judged.cipher)
        WHEN judged.protocol IN ('esmtps', 'esmtpsa', 'smtps', 'utf8smtps') OR judged.value ILIKE '%microsoft smtp server (tls) id%' THEN 'TLS (version unknown)'
        WHEN judged.is_service_edge THEN 'No TLS'
        WHEN judged.protocol IN ('smtp', 'esmtp', 'esmtpa') AND regexp_matches(judged.value, '\(Postfix[,)]|\(Exim \d') THEN 'No TLS'
        ELSE 'Not recorded'
    END AS tls,
    judged.cipher,
    'accepted' AS status,
    'Message headers' AS system,
    judged.by_host AS server,
    coalesce(judged.rdns, CASE WHEN judged.from_name LIKE '%.%' AND judged.from_name NOT LIKE '[%' THEN judged.from_name END) AS peer_host,
    judged.from_name AS helo,
    judged.ip AS peer_ip,
    domain_of(mail.sender) AS peer_domain,
    mail.sender,
    CASE WHEN judged.recipient IS NOT NULL THEN [judged.recipient] ELSE coalesce(mail.addressed, []) END AS recipients,
    mail.subject,
    mail.message_id,
    mail.network_message_id,
    CASE
        WHEN judged.is_service_edge AND judged.field_no = edge.edge_no AND mail.network_message_id IS NOT NULL
            THEN md5_number_lower(concat_ws('|', 'exo-in', mail.network_message_id))
        ELSE md5_number_lower(concat_ws('|', 'header', coalesce(mail.message_id, ''), judged.value))
    END AS hop_key,
    CASE WHEN judged.stamp IS NULL THEN 'the Received line has no date' END AS problem
FROM judged
INNER JOIN edge ON judged.mail_no = edge.mail_no
LEFT JOIN mail ON judged.mail_no = mail.mail_no
