-- title: OpenSMTPD log
-- help: maillog with lines of smtpd, of version 6 and later or of version 5: one message per message line, and one per session and message of the delivery lines.
-- provides: direction (authenticated sessions are mail of own clients), TLS version, cipher, certificate check, peer host and address, sender, recipients, size of incoming mail, replies
-- lacks: connectors, Forced TLS?, subject, Message-ID, HELO
-- recognise: line ^(<\d+>|\S+\s+\| +)?(\w{3} [ \d]\d [\d:]{8}|\d{4}-\d\d-\d\dT\S+) \S+ (open)?smtpd\[\d+\]: (smtp-in: |smtp-out: |(relay|delivery): \w+ for |[0-9a-f]{16} (smtp|mta|mda) )
-- reader: lines
-- system: OpenSMTPD
-- columns: line
-- stage: opensmtpd_rows
-- failures: opensmtpd_failures
-- pending: opensmtpd_sessions
-- dedup_key: time_utc, session, kind, text
-- naive_timestamps: ^([A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT[\d:.]+ )
-- tls_line: tls ciphers="?(?:version=)?((?:TLS|SSL)v[\d.]+)
-- connectors_from_settings: yes
-- into: message
WITH hops AS (
    SELECT
        *,
        address_of(peer) AS peer_ip
    FROM opensmtpd_hops('raw')
    WHERE time_utc IS NOT NULL AND coalesce(peer, '') <> 'local'
)

SELECT
    source_id,
    line_no,
    time_utc,
    CASE
        WHEN is_own_address(peer_ip) THEN 'internal' WHEN is_sent THEN 'outbound' WHEN is_authenticated THEN 'submission' ELSE 'inbound'
    END AS direction,
    CASE
        WHEN tls.version IS NOT NULL THEN tls_grade(tls.version, tls.cipher) WHEN start_seen THEN 'No TLS' ELSE 'Not recorded'
    END AS tls,
    tls.version AS tls_raw,
    tls.cipher,
    verified,
    status,
    reply,
    'OpenSMTPD' AS system,
    nullif(server, '-') AS server,
    CASE WHEN is_sent THEN 'mta' ELSE 'smtp' END AS service,
    CASE WHEN peer_host NOT IN ('', '<unknown>', 'unknown') AND peer_host <> peer THEN peer_host END AS peer_host,
    peer_ip,
    domain_of(CASE WHEN is_sent THEN recipients[1] ELSE sender END) AS peer_domain,
    sender,
    recipients,
    auth_user,
    session AS session_id,
    size_bytes,
    md5_number_lower(concat_ws('|', 'opensmtpd', server, session, msgid, status_in_key(status), is_sent, epoch_ms(opensmtpd_attempt(session, time_utc)))) AS hop_key,
    NULL AS problem
FROM hops
UNION ALL BY NAME
SELECT
    source_id,
    line_no,
    problem
FROM raw
WHERE problem IS NOT NULL
