-- title: Cisco Secure Email Gateway mail log
-- help: Text mail_logs (IronPort, ESA): incoming connections (ICID) and outgoing ones (DCID), joined to messages (MID). Timestamps are local to the appliance.
-- provides: direction, TLS version, cipher, sender group as connector, peer, sender, recipients, subject, status
-- lacks: HELO, connector type and Forced TLS? (load the settings)
-- recognise: line ^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4} \w+: .*\b(ICID|DCID|MID) \d+
-- recognise: line ^(\w{3} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT\S+) (Info|Warning|Critical|Debug|Trace): .*\b(ICID|DCID|MID) \d+
-- reader: lines
-- system: Cisco ESA
-- columns: line
-- stage: cisco_esa_rows
-- naive_timestamps: ^(<\d+>)?[A-Z][a-z]{2} ([A-Z][a-z]{2} )?[ \d]\d \d\d:\d\d:\d\d( \d{4})?
-- dedup_key: text, time_utc
-- pending: cisco_esa_messages
-- resolve: infer clear text
-- tls_line: TLS success protocol (\S+)
-- into: message
WITH lines AS MATERIALIZED (FROM cisco_esa_lines('raw', 'read_file')),

sessions AS (
    SELECT
        icid,
        dcid,
        connection_use_no,
        bool_or(kind IN ('in', 'out')) AS start_seen,
        arg_max(regexp_extract(text, 'TLS success protocol (\S+)', 1), line_no) FILTER (WHERE kind = 'tls') AS tls_raw,
        arg_max(regexp_extract(text, ' cipher (\S+)', 1), line_no) FILTER (WHERE kind = 'tls') AS cipher,
        min(nullif(regexp_extract(text, ' SG (\S+)', 1), '')) FILTER (WHERE kind = 'group') AS sender_group,
        min(address_of(regexp_extract(text, ' address (\S+)', 1))) FILTER (WHERE kind IN ('in', 'out')) AS peer_ip,
        min(nullif(regexp_extract(text, 'reverse dns host (\S+)', 1), '')) FILTER (WHERE kind = 'in') AS peer_host
    FROM lines
    WHERE kind IN ('in', 'out', 'tls', 'tls failed', 'group') AND (icid IS NOT NULL OR dcid IS NOT NULL)
    GROUP BY icid, dcid, connection_use_no
),

message_lines AS (SELECT * FROM lines WHERE mid IS NOT NULL AND NOT is_evidence),

mails AS (
    SELECT
        mid,
        mid_use_no,
        arg_min(icid, line_no) FILTER (WHERE kind = 'from') AS icid,
        arg_min(connection_use_no, line_no) FILTER (WHERE kind = 'from') AS connection_use_no,
        arg_min(source_id, line_no) FILTER (WHERE kind = 'from') AS source_id,
        min(line_no) FILTER (WHERE kind = 'from') AS line_no,
        min(time_utc) FILTER (WHERE kind = 'from') AS time_utc,
        lower(min(regexp_extract(text, 'From: <([^>]*)>', 1)) FILTER (WHERE kind = 'from')) AS sender,
        list(
            { 'rid': try_cast(regexp_extract(text, ' RID (\d+) To:', 1) AS INTEGER), 'address': lower(regexp_extract(text, 'To: <([^>]*)>', 1)) }
            ORDER BY line_no
        ) FILTER (WHERE kind = 'to') AS rcpt_commands,
        min(nullif(regexp_extract(text, 'Message-ID ''([^'']*)''', 1), '')) FILTER (WHERE kind = 'id') AS message_id,
        min(nullif(regexp_extract(text, 'Subject [''"](.*)[''"]\s*$', 1), '')) FILTER (WHERE kind = 'subject') AS subject,
        max(try_cast(regexp_extract(text, ' ready (\d+) bytes', 1) AS BIGINT)) FILTER (WHERE kind = 'size') AS size_bytes,
        bool_or(kind = 'size' OR kind = 'delivery') AS is_accepted
    FROM message_lines
    GROUP BY mid, mid_use_no
),

incoming_hops AS (
    SELECT
        mails.*,
        sessions.start_seen,
        sessions.tls_raw,
        sessions.cipher,
        sessions.sender_group,
        sessions.peer_ip,
        sessions.peer_host
    FROM mails
    LEFT JOIN sessions ON mails.icid = sessions.icid AND mails.connection_use_no = sessions.connection_use_no
    WHERE mails.time_utc IS NOT NULL AND mails.icid IS NOT NULL
),

-- The deliveries over one connection: their recipients follow RID, and a later line records the result.
deliveries AS (
    SELECT
        arg_min(source_id, line_no) AS source_id,
        min(line_no) AS line_no,
        min(time_utc) AS time_utc,
        mid,
        dcid,
        connection_use_no,
        mid_use_no,
        flatten(list(regexp_extract_all(regexp_extract(text, 'to RID \[([^\]]*)\]', 1), '\d+')) FILTER (WHERE kind = 'delivery')) AS rids,
        bool_or(kind = 'delivery') AS has_started,
        bool_or(kind = 'done') AS is_done,
        bool_or(kind = 'bounced') AS is_bounced,
        bool_or(kind = 'delayed') AS is_delayed,
        min(text) FILTER (WHERE kind IN ('bounced', 'delayed')) AS reply
    FROM message_lines
    WHERE dcid IS NOT NULL AND kind IN ('delivery', 'done', 'bounced', 'delayed')
    GROUP BY mid, dcid, connection_use_no, mid_use_no
),

outgoing_hops AS (
    SELECT
        deliveries.*,
        sessions.start_seen,
        sessions.tls_raw,
        sessions.cipher,
        sessions.peer_ip,
        mails.sender,
        mails.message_id,
        mails.subject,
        mails.size_bytes,
        mails.rcpt_commands
    FROM deliveries
    LEFT JOIN sessions ON deliveries.dcid = sessions.dcid AND deliveries.connection_use_no = sessions.connection_use_no
    LEFT JOIN mails ON deliveries.mid = mails.mid AND deliveries.mid_use_no = mails.mid_use_no
)

SELECT
    source_id,
    line_no,
    time_utc,
    CASE WHEN peer_ip LIKE '127.%' THEN 'internal' ELSE 'inbound' END AS direction,
    sender_group AS connector,
    CASE WHEN tls_raw IS NOT NULL THEN tls_raw WHEN start_seen THEN 'no TLS line' END AS tls_raw,
    tls_grade(tls_raw, cipher) AS tls,
    cipher,
    CASE WHEN is_accepted THEN 'accepted' ELSE 'incomplete' END AS status,
    'Cisco ESA' AS system,
    'ICID' AS service,
    CASE WHEN lower(peer_host) NOT IN ('unknown', 'none') THEN peer_host END AS peer_host,
    peer_ip,
    domain_of(sender) AS peer_domain,
    sender,
    list_transform(coalesce(rcpt_commands, []), LAMBDA one: one.address) AS recipients,
    subject,
    message_id,
    'MID ' || mid AS session_id,
    size_bytes,
    md5_number_lower(concat_ws('|', 'esa-in', mid, icid, epoch_ms(time_utc), sender)) AS hop_key,
    NULL AS problem
FROM incoming_hops
UNION ALL BY NAME
SELECT
    source_id,
    line_no,
    time_utc,
    CASE WHEN peer_ip LIKE '127.%' THEN 'internal' ELSE 'outbound' END AS direction,
    CASE WHEN tls_raw IS NOT NULL THEN tls_raw WHEN start_seen THEN 'no TLS line' END AS tls_raw,
    tls_grade(tls_raw, cipher) AS tls,
    cipher,
    CASE WHEN is_done THEN 'delivered' WHEN is_bounced THEN 'bounced' WHEN is_delayed THEN 'deferred' ELSE 'incomplete' END AS status,
    reply,
    'Cisco ESA' AS system,
    'DCID' AS service,
    peer_ip,
    domain_of(coalesce(recipients[1], '')) AS peer_domain,
    sender,
    recipients,
    subject,
    message_id,
    'MID ' || mid AS session_id,
    size_bytes,
    md5_number_lower(concat_ws('|', 'esa-out', mid, dcid, epoch_ms(time_utc))) AS hop_key
FROM (
    SELECT
        *,
        list_transform(
            list_filter(coalesce(rcpt_commands, []), LAMBDA one: rids IS NULL OR list_contains(rids, cast(one.rid AS VARCHAR))), LAMBDA one: one.address
        ) AS recipients
    FROM outgoing_hops
)
UNION ALL BY NAME
SELECT
    source_id,
    line_no,
    problem
FROM raw
WHERE problem IS NOT NULL
