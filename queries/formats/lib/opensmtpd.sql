-- title: OpenSMTPD, from lines to hops
-- help: What lines of smtpd mean, in the words of version 6 and later (session smtp tls ciphers=…) and of version 5 (smtp-in: Started TLS on session …).

-- A field of a line: host=mx1.partner.example, from=<a@partner.example>, result="Ok".
CREATE OR REPLACE MACRO opensmtpd_field(text, name) AS
nullif(regexp_extract(text, '(?:^|[ ,])' || name || '=(?:"([^"]*)"|<([^>]*)>|([^ ,]+))', 1)
|| regexp_extract(text, '(?:^|[ ,])' || name || '=(?:"([^"]*)"|<([^>]*)>|([^ ,]+))', 2)
|| regexp_extract(text, '(?:^|[ ,])' || name || '=(?:"([^"]*)"|<([^>]*)>|([^ ,]+))', 3), '');

CREATE OR REPLACE MACRO opensmtpd_kind_of(side, word, text) AS CASE
    WHEN side = 'smtp' AND word = 'connected' THEN 'in'
    WHEN side = 'mta' AND word = 'connecting' THEN 'out'
    WHEN word IN ('tls', 'starttls', 'secure') AND contains(text, 'ciphers=') THEN 'tls'
    WHEN word = 'authentication' AND regexp_matches(text, 'result="?ok') THEN 'auth'
    WHEN word IN ('cert-check', 'server-cert-check', 'client-cert-check') THEN 'verified'
    WHEN side = 'smtp' AND word IN ('message', 'envelope') THEN word
    WHEN side = 'mta' AND word = 'delivery' THEN CASE WHEN contains(text, ' result=') THEN 'delivery' ELSE 'damaged' END
    WHEN word = 'failed-command' THEN 'refusal'
    WHEN word IN ('disconnected', 'closed') THEN 'end'
    WHEN word IN ('error', 'tls-error', 'bad-input') THEN 'error'
END;

-- A line of version 5 in the words of the later ones: side, word, session and what else it says.
CREATE OR REPLACE MACRO opensmtpd_reply(said) AS CASE
    WHEN starts_with(said, 'smtp-in: New session ')
        THEN regexp_replace(said, '^smtp-in: New session (\w+) from host (\S+) \[(.*)\].*$', '\1 smtp connected address=\3 host=\2')
    WHEN starts_with(said, 'smtp-out: Connecting to ')
        THEN regexp_replace(said, '^smtp-out: Connecting to (\S+) \(([^)]*)\) on session (\w+).*$', '\3 mta connecting address=\1 host=\2')
    WHEN regexp_matches(said, '^smtp-(?:in|out): Started TLS on session ')
        THEN regexp_replace(said, '^smtp-(?:in|out): Started TLS on session (\w+): version=([^,]+), cipher=([^,]+), bits=(\d+)', '\1 smtp tls ciphers=\2:\3:\4')
    WHEN starts_with(said, 'smtp-in: Accepted message ')
        THEN regexp_replace(said, '^smtp-in: Accepted message (\w+) on session (\w+): ', '\2 smtp message msgid=\1 ')
    WHEN starts_with(said, 'smtp-in: Failed command on session ')
        THEN regexp_replace(said, '^smtp-in: Failed command on session (\w+): "(.*)" => (.*)$', '\1 smtp failed-command command="\2" result="\3"')
    WHEN starts_with(said, 'smtp-in: Accepted authentication ')
        THEN regexp_replace(said, '^smtp-in: Accepted authentication for user (\S+) on session (\w+).*$', '\2 smtp authentication user=\1 result=ok')
    WHEN regexp_matches(said, '^smtp-(?:in|out): Server certificate verification \w+ on session ')
        THEN regexp_replace(said, '^smtp-(?:in|out): Server certificate verification (\w+) on session (\w+).*$', '\2 mta cert-check result=\1')
    WHEN starts_with(said, 'relay: ')
        THEN regexp_replace(said, '^relay: (\w+) for (\w+): session=(\w+), ', '\3 mta delivery evpid=\2 result=\1 ')
    ELSE regexp_replace(said, '^smtp-(in|out): (?:Closing|Received disconnect from|Disconnecting) session (\w+):? ?(.*)$', '\2 smtp disconnected reason="\3"')
END;

-- What matters of a log of OpenSMTPD. Every row stays, so that rows keep their line numbers; what the hops do not need is NULL.
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
            opensmtpd_kind_of(part.side, part.word, part.rest) AS kind,
            plain_stamp(head) AS stamp
        FROM (
            SELECT
                *,
                CASE
                    WHEN contains(head, ' smtpd[') OR contains(head, ' opensmtpd[') THEN
                        regexp_extract(opensmtpd_reply(said), '^([0-9a-f]{16}) (smtp|mta) (?:event=)?(\S+) ?(.*)$', ['session', 'side', 'word', 'rest'])
                END AS part
            FROM (
                SELECT
                    told.source_id,
                    file.modified[told.source_id - file.before_id] AS modified,
                    file.log_zone,
                    string_split(told.line, ': ')[1] AS head,
                    substr(told.line, strpos(told.line, ': ') + 2) AS said
                FROM (SELECT source_id, log_line(line) AS line FROM query_table(relation)) AS told
                CROSS JOIN log_clock(files) AS file
            )
        )
    )
);

-- What a session was: who the other side is, whether it was encrypted and who signed in; a session's number is not used again.
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
    bool_or(kind = 'auth') AS signed_in
FROM query_table(relation)
WHERE session IS NOT NULL AND time_utc IS NOT NULL
GROUP BY server, session;

-- A delivery that found no server has no session, and its number is all zeros: what failed within a minute is one attempt.
CREATE OR REPLACE MACRO opensmtpd_attempt(session, time_utc) AS CASE WHEN session = '0000000000000000' THEN time_bucket(INTERVAL 1 MINUTE, time_utc) END;

-- All hops of a log: one a message that was taken, one a session that was refused, and one a session and message that was handed over.
CREATE OR REPLACE MACRO opensmtpd_hops(relation) AS TABLE  -- noqa: CP05
WITH envelope AS (
    SELECT
        server,
        left(opensmtpd_field(text, 'evpid'), 8) AS msgid,
        any_value(coalesce(opensmtpd_field(text, 'from'), '')) AS sender,
        list_sort(list(DISTINCT opensmtpd_field(text, 'to'))) AS recipients
    FROM query_table(relation)
    WHERE kind = 'envelope'
    GROUP BY ALL
),

taken AS (
    SELECT
        line.source_id,
        line.line_no,
        line.time_utc,
        line.server,
        line.session,
        'accepted' AS status,
        coalesce(envelope.sender, opensmtpd_field(line.text, 'from'), '') AS sender,
        coalesce(envelope.recipients, CASE WHEN opensmtpd_field(line.text, 'to') IS NOT NULL THEN [opensmtpd_field(line.text, 'to')] END, []) AS recipients,
        try_cast(opensmtpd_field(line.text, 'size') AS BIGINT) AS size_bytes,
        opensmtpd_field(line.text, 'msgid') AS msgid,
        NULL AS reply,
        NULL AS relay,
        FALSE AS is_sent
    FROM query_table(relation) AS line
    LEFT JOIN envelope ON line.server = envelope.server AND opensmtpd_field(line.text, 'msgid') = envelope.msgid
    WHERE line.kind = 'message'
),

refused AS (
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

sent AS (
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

hop AS (
    FROM taken
    UNION ALL BY NAME
    FROM refused
    UNION ALL BY NAME
    FROM sent
)

SELECT
    hop.* EXCLUDE (relay),
    session.start_seen,
    CASE WHEN session.tls_utc <= hop.time_utc THEN session.tls END AS tls,
    session.verified,
    session.auth_user,
    session.signed_in,
    coalesce(hop.relay.host, opensmtpd_field(session.peer_text, 'host')) AS peer_host,
    coalesce(hop.relay.ip, regexp_replace(opensmtpd_field(session.peer_text, 'address'), '^\w+://', '')) AS peer
FROM hop
LEFT JOIN opensmtpd_sessions(relation) AS session ON hop.session = session.session AND hop.server = session.server
WHERE NOT (hop.is_sent = FALSE AND hop.status <> 'accepted' AND coalesce(session.has_mail, FALSE));
