-- title: Exim mainlog
-- help: mainlog, also in syslog: one message per <= line received by SMTP, and one per message, peer and TLS version of the => lines.
-- provides: direction (authenticated sessions are mail of own clients), TLS version, cipher, certificate check, peer host and address, HELO, sender, recipients, Message-ID, size, subject
-- lacks: connectors, Forced TLS?; the version if log_selector excludes tls_cipher; clear text outbound only if other lines show TLS
-- tls_from: logs written with tls_cipher in log_selector
-- recognise: line ^(\S+\s+\| )?((\w{3} [ \d]\d [\d:]{8}|\d{4}-\d\d-\d\dT\S+) \S+ \S*exim\S*: )?(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?( [+-]\d{4})? )?(\[\d+\] )?\w{6}-\w{6,11}-\w{2,4} (<=|=>|->|\*\*|==|Completed)( |$)
-- recognise: line ^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?( [+-]\d{4})? )(\[\d+\] )?((\w{6}-\w{6,11}-\w{2,4} )?H=.* (temporarily )?rejected |exim [\d.]+ daemon started: pid=)
-- reader: lines
-- system: Exim
-- columns: line
-- stage: exim_rows
-- failures: exim_failures
-- pending: exim_messages
-- resolve: infer clear text
-- dedup_key: time_utc, flag, id, text
-- naive_timestamps: ^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)? (?![+-]\d{4} )
-- tls_line:  X=((?:TLS|SSL)[^:\s]*)
-- connectors_from_settings: yes
-- into: message
SELECT
    source_id,
    line_no,
    time_utc,
    CASE WHEN is_own_address(peer_ip) THEN 'internal' ELSE direction END AS direction,
    CASE WHEN session.version = '' THEN default_tls ELSE tls_grade(session.version, session.cipher) END AS tls,
    coalesce(nullif(session.version, ''), default_tls_raw) AS tls_raw,
    nullif(session.cipher, '') AS cipher,
    rtrim(exim_field(text, 'CV'), ':') AS verified,
    exim_quoted(text, 'DN') AS certificate,
    status,
    CASE
        WHEN direction = 'inbound' AND status <> 'accepted' THEN nullif(regexp_extract(text, ' rejected [^:]*: (.*)$', 1), '')
        WHEN status = 'delivered' THEN exim_quoted(text, 'C')
        -- defer (-44) H=mx1.partner.example [203.0.113.9]:25: why
        WHEN status = 'deferred' THEN nullif(regexp_extract(text, ' defer \(-?\d+\).*?: (.*)$', 1), '')
        WHEN status = 'bounced' THEN nullif(regexp_extract(text, ': (.*)$', 1), '')
    END AS reply,
    'Exim' AS system,
    server,
    rtrim(transport, ':') AS service,
    nullif(peer.host, '') AS peer_host,
    nullif(peer.helo, '') AS helo,
    peer_ip,
    domain_of(CASE WHEN status IN ('delivered', 'deferred', 'bounced') AND direction <> 'inbound' THEN recipients[1] ELSE sender END) AS peer_domain,
    sender,
    recipients,
    CASE WHEN status = 'accepted' THEN exim_quoted(text, 'T') END AS subject,
    CASE
        WHEN status = 'accepted' AND contains(text, ' A=') THEN nullif(regexp_extract(exim_unquoted(text), '\sA=[^:\s]+:(\S+)', 1), '')
    END AS auth_user,
    '<' || message_id || '>' AS message_id,
    id AS session_id,
    try_cast(size_bytes AS BIGINT) AS size_bytes,
    md5_number_lower(concat_ws(
        '|', 'exim', server, id, direction, status_in_key(status), peer_ip, session.version, CASE WHEN id IS NULL THEN sender END, epoch_ms(time_utc)
    )) AS hop_key,
    NULL AS problem
FROM exim_hops('raw', 'read_file')
UNION ALL BY NAME
SELECT
    source_id,
    line_no,
    problem
FROM raw
WHERE problem IS NOT NULL
