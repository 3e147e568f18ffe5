-- title: OpenSMTPD: lines and hops
-- help: Parses the lines of smtpd, as versions 6 and later write them (session smtp tls ciphers=…) and as version 5 does (smtp-in: Started TLS on session …).

-- Return the value of a field of a line: host=mx1.partner.example, from=<a@partner.example>, result="Ok".
CREATE OR REPLACE MACRO opensmtpd_field(text, name) AS
nullif(regexp_extract(text, '(?:^|[ ,])' || name || '=(?:"([^"]*)"|<([^>]*)>|([^ ,]+))', 1)
|| regexp_extract(text, '(?:^|[ ,])' || name || '=(?:"([^"]*)"|<([^>]*)>|([^ ,]+))', 2)
|| regexp_extract(text, '(?:^|[ ,])' || name || '=(?:"([^"]*)"|<([^>]*)>|([^ ,]+))', 3), '');

CREATE OR REPLACE MACRO opensmtpd_kind_of(side, event, text) AS CASE
    WHEN side = 'smtp' AND event = 'connected' THEN 'in'
    WHEN side = 'mta' AND event = 'connecting' THEN 'out'
    WHEN event IN ('tls', 'starttls', 'secure') AND contains(text, 'ciphers=') THEN 'tls'
    WHEN event = 'authentication' AND regexp_matches(text, 'result="?ok') THEN 'auth'
    WHEN event IN ('cert-check', 'server-cert-check', 'client-cert-check') THEN 'verified'
    WHEN side = 'smtp' AND event IN ('message', 'envelope') THEN event
    WHEN side = 'mta' AND event = 'delivery' THEN CASE WHEN contains(text, ' result=') THEN 'delivery' ELSE 'damaged' END
    WHEN event = 'failed-command' THEN 'refusal'
    WHEN event IN ('disconnected', 'closed') THEN 'end'
    WHEN event IN ('error', 'tls-error', 'bad-input') THEN 'error'
END;

-- Rewrite a line of version 5 as version 6 writes it: session, side, event and fields.
CREATE OR REPLACE MACRO opensmtpd_version_6_text(message_text) AS CASE
    WHEN starts_with(message_text, 'smtp-in: New session ')
        THEN regexp_replace(message_text, '^smtp-in: New session (\w+) from host (\S+) \[(.*)\].*$', '\1 smtp connected address=\3 host=\2')
    WHEN starts_with(message_text, 'smtp-out: Connecting to ')
        THEN regexp_replace(message_text, '^smtp-out: Connecting to (\S+) \(([^)]*)\) on session (\w+).*$', '\3 mta connecting address=\1 host=\2')
    WHEN regexp_matches(message_text, '^smtp-(?:in|out): Started TLS on session ')
        THEN regexp_replace(message_text, '^smtp-(?:in|out): Started TLS on session (\w+): version=([^,]+), cipher=([^,]+), bits=(\d+)', '\1 smtp tls ciphers=\2:\3:\4')
    WHEN starts_with(message_text, 'smtp-in: Accepted message ')
        THEN regexp_replace(message_text, '^smtp-in: Accepted message (\w+) on session (\w+): ', '\2 smtp message msgid=\1 ')
    WHEN starts_with(message_text, 'smtp-in: Failed command on session ')
        THEN regexp_replace(message_text, '^smtp-in: Failed command on session (\w+): "(.*)" => (.*)$', '\1 smtp failed-command command="\2" result="\3"')
    WHEN starts_with(message_text, 'smtp-in: Accepted authentication ')
        THEN regexp_replace(message_text, '^smtp-in: Accepted authentication for user (\S+) on session (\w+).*$', '\2 smtp authentication user=\1 result=ok')
    WHEN regexp_matches(message_text, '^smtp-(?:in|out): Server certificate verification \w+ on session ')
        THEN regexp_replace(message_text, '^smtp-(?:in|out): Server certificate verification (\w+) on session (\w+).*$', '\2 mta cert-check result=\1')
    WHEN starts_with(message_text, 'relay: ')
        THEN regexp_replace(message_text, '^relay: (\w+) for (\w+): session=(\w+), ', '\3 mta delivery evpid=\2 result=\1 ')
    ELSE regexp_replace(message_text, '^smtp-(in|out): (?:Closing|Received disconnect from|Disconnecting) session (\w+):? ?(.*)$', '\2 smtp disconnected reason="\3"')
END;

-- Parse the lines of an OpenSMTPD log. Every line returns a row, so that rows keep their line numbers; what the hops do not need is NULL.
CREATE OR REPLACE MACRO opensmtpd_rows(relation, files) AS TABLE  -- noqa: CP05
SELECT
    source_id,
    kind,
    time_utc,
    CASE WHEN kind IS NOT NULL THEN server END AS server,
    CASE WHEN kind IS NOT NULL THEN part.session END AS session,
    CASE WHEN kind IS NOT NULL THEN part.rest END AS text,
    CASE
        WHEN kind = 'damaged' THEN 'the line ends before its result'
        WHEN kind IS NOT NULL AND time_utc IS NULL THEN 'the line has no time'
    END AS problem
FROM (
    SELECT
        *,
        CASE WHEN kind IS NOT NULL THEN syslog_utc(stamp, modified, log_zone) END AS time_utc,
        CASE WHEN kind IS NOT NULL THEN string_split(substr(head, stamp_length(head) + 2), ' ')[1] END AS server
    FROM (
        SELECT
            *,
            opensmtpd_kind_of(part.side, part.event, part.rest) AS kind,
            plain_stamp(head) AS stamp
        FROM (
            SELECT
                *,
                CASE
                    WHEN contains(head, ' smtpd[') OR contains(head, ' opensmtpd[') THEN
                        regexp_extract(opensmtpd_version_6_text(message_text), '^([0-9a-f]{16}) (smtp|mta) (?:event=)?(\S+) ?(.*)$', ['session', 'side', 'event', 'rest'])
                END AS part
            FROM (
                SELECT
                    entry.source_id,
                    file.modified[entry.source_id - file.before_id] AS modified,
                    file.log_zone,
                    string_split(entry.line, ': ')[1] AS head,
                    substr(entry.line, strpos(entry.line, ': ') + 2) AS message_text
                FROM (SELECT source_id, log_line(line) AS line FROM query_table(relation)) AS entry
                CROSS JOIN log_clock(files) AS file
            )
        )
    )
);

-- Return one row per session: the peer, its TLS version, and the authenticated user. Session ids are not reused.
CREATE OR REPLACE MACRO opensmtpd_sessions(relation) AS TABLE  -- noqa: CP05
SELECT
    server,
    session,
    any_value(text) FILTER (WHERE kind = 'in' OR kind = 'out') AS peer_text,
    bool_or(kind = 'in' OR kind = 'out') AS start_seen,
    bool_or(kind = 'message') AS has_mail,
    arg_max(regexp_extract(text, 'ciphers="?(?:version=)?([^:, ]+)[:,] ?(?:cipher=)?([^:,"]+)', ['version', 'cipher']), time_utc) FILTER (WHERE kind = 'tls') AS tls,
    max(time_utc) FILTER (WHERE kind = 'tls') AS tls_utc,
    any_value(opensmtpd_field(text, 'result')) FILTER (WHERE kind = 'verified') AS verified,
    any_value(opensmtpd_field(text, 'user')) FILTER (WHERE kind = 'auth') AS auth_user,
    bool_or(kind = 'auth') AS is_authenticated
FROM query_table(relation)
WHERE session IS NOT NULL AND time_utc IS NOT NULL
GROUP BY server, session;

-- A delivery that found no server has no session; its session id is all zeros. Failures within a minute are one attempt.
CREATE OR REPLACE MACRO opensmtpd_attempt(session, time_utc) AS CASE WHEN session = '0000000000000000' THEN time_bucket(INTERVAL 1 MINUTE, time_utc) END;

-- Return all hops of a log: one per accepted message, one per rejected session, and one per session and message that was delivered.
CREATE OR REPLACE MACRO opensmtpd_hops(relation) AS TABLE  -- noqa: CP05
WITH envelopes AS (
    SELECT
        server,
        left(opensmtpd_field(text, 'evpid'), 8) AS msgid,
        any_value(coalesce(opensmtpd_field(text, 'from'), '')) AS sender,
        list_sort(list(DISTINCT opensmtpd_field(text, 'to'))) AS recipients
    FROM query_table(relation)
    WHERE kind = 'envelope'
    GROUP BY ALL
),

accepted_messages AS (
    SELECT
        line.source_id,
        line.line_no,
        line.time_utc,
        line.server,
        line.session,
        'accepted' AS status,
        coalesce(envelopes.sender, opensmtpd_field(line.text, 'from'), '') AS sender,
        coalesce(envelopes.recipients, CASE WHEN opensmtpd_field(line.text, 'to') IS NOT NULL THEN [opensmtpd_field(line.text, 'to')] END, []) AS recipients,
        try_cast(opensmtpd_field(line.text, 'size') AS BIGINT) AS size_bytes,
        opensmtpd_field(line.text, 'msgid') AS msgid,
        NULL AS reply,
        NULL AS relay,
        FALSE AS is_sent
    FROM query_table(relation) AS line
    LEFT JOIN envelopes ON line.server = envelopes.server AND opensmtpd_field(line.text, 'msgid') = envelopes.msgid
    WHERE line.kind = 'message'
),

rejections AS (
    SELECT
        arg_min(source_id, line_no) AS source_id,
        min(line_no) AS line_no,
        min(time_utc) AS time_utc,
        server,
        session,
        CASE WHEN min(opensmtpd_field(text, 'result')) LIKE '4%' THEN 'deferred' ELSE 'rejected' END AS status,
        nullif(max(regexp_extract(text, 'MAIL FROM:\s?<([^>]*)>', 1)), '') AS sender,
        coalesce(list_sort(list(DISTINCT regexp_extract(text, 'RCPT TO:\s?<([^>]*)>', 1)) FILTER (WHERE contains(text, 'RCPT TO:'))), []) AS recipients,
        arg_min(opensmtpd_field(text, 'result'), time_utc) AS reply,
        FALSE AS is_sent
    FROM query_table(relation)
    WHERE kind = 'refusal' AND regexp_matches(text, 'command="(?:MAIL FROM|RCPT TO|DATA)')
    GROUP BY server, session
),

deliveries AS (
    SELECT
        arg_min(source_id, line_no) AS source_id,
        min(line_no) AS line_no,
        min(time_utc) AS time_utc,
        server,
        session,
        CASE lower(opensmtpd_field(text, 'result')) WHEN 'ok' THEN 'delivered' WHEN 'tempfail' THEN 'deferred' ELSE 'bounced' END AS status,
        any_value(coalesce(opensmtpd_field(text, 'from'), '')) AS sender,
        list_sort(list(DISTINCT opensmtpd_field(text, 'to'))) AS recipients,
        left(opensmtpd_field(text, 'evpid'), 8) AS msgid,
        any_value(regexp_extract(text, ' stat="?(.*?)"?$', 1)) AS reply,
        any_value(regexp_extract(text, 'relay="?([^"\s,]+) ?(?:\(([^)]*)\))?', ['ip', 'host'])) AS relay,
        TRUE AS is_sent
    FROM query_table(relation)
    WHERE kind = 'delivery'
    GROUP BY server, session, left(opensmtpd_field(text, 'evpid'), 8), lower(opensmtpd_field(text, 'result')), opensmtpd_attempt(session, time_utc)
),

hops AS (
    FROM accepted_messages
    UNION ALL BY NAME
    FROM rejections
    UNION ALL BY NAME
    FROM deliveries
)

SELECT
    hops.* EXCLUDE (relay),
    session.start_seen,
    CASE WHEN session.tls_utc <= hops.time_utc THEN session.tls END AS tls,
    session.verified,
    session.auth_user,
    session.is_authenticated,
    coalesce(hops.relay.host, opensmtpd_field(session.peer_text, 'host')) AS peer_host,
    coalesce(hops.relay.ip, regexp_replace(opensmtpd_field(session.peer_text, 'address'), '^\w+://', '')) AS peer
FROM hops
LEFT JOIN opensmtpd_sessions(relation) AS session ON hops.session = session.session AND hops.server = session.server
WHERE NOT (hops.is_sent = FALSE AND hops.status <> 'accepted' AND coalesce(session.has_mail, FALSE));
