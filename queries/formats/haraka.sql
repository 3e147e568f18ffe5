-- title: Haraka log
-- help: Logs with stamps (log.timestamps, or by syslog): a connection's end tells how many messages it brought, its secured line by which TLS version.
-- tells: direction, TLS version, cipher, verification, peer, HELO, recipients' domain of outgoing mail, status
-- cannot tell: sender, recipients, subject, connector; single messages of a connection
-- recognise: line ^\S.*\[(NOTICE|INFO|PROTOCOL|DEBUG|WARN|ERROR)\] \[[0-9A-Fa-f]{8}-[0-9A-Fa-f-]{27}
-- recognise: line ^\S.*\[(NOTICE|INFO)\] \[-\] \[(core|server|outbound)\]
-- reader: lines
-- system: Haraka
-- columns: line
-- stage: haraka_rows
-- local clock: ^(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)? |[A-Z][a-z]{2} [ \d]\d \d\d:)
-- once: text, time_utc
-- pending: haraka_connections
-- into: message
WITH secured AS (
    SELECT
        session_id,
        any_value(nullif(regexp_extract(text, '\bversion=(\S+)', 1), '')) AS tls_raw,
        any_value(nullif(regexp_extract(text, '\bcipher=(\S+)', 1), '')) AS cipher,
        any_value(nullif(regexp_extract(text, '\bverified=(\S+)', 1), '')) AS verified
    FROM raw
    WHERE kind = 'tls'
    GROUP BY session_id
),

ended AS (
    SELECT
        *,
        try_cast(regexp_extract(text, '\bmsgs=(\d+)', 1) AS BIGINT) AS messages
    FROM raw
    WHERE kind = 'end' AND time_utc IS NOT NULL
)

SELECT
    ended.source_id,
    ended.line_no,
    ended.time_utc,
    CASE
        WHEN regexp_matches(ended.text, '\bip="?(127\.|::1)') THEN 'internal'
        WHEN regexp_matches(ended.text, '\brelay="?(Y|true)') THEN 'submission'
        ELSE 'inbound'
    END AS direction,
    secured.tls_raw,
    CASE
        WHEN secured.tls_raw IS NOT NULL THEN tls_grade(secured.tls_raw, secured.cipher)
        WHEN regexp_matches(ended.text, '\btls="?(Y|true)') THEN 'TLS (version unknown)'
        WHEN regexp_matches(ended.text, '\btls="?(N|false)') THEN 'No TLS'
        ELSE 'Not recorded'
    END AS tls,
    secured.cipher,
    secured.verified,
    'accepted' AS status,
    'Haraka' AS system,
    CASE WHEN regexp_extract(ended.text, '\brdns="?([^\s"]+)', 1) NOT IN ('', 'NXDOMAIN', 'Unknown') THEN regexp_extract(ended.text, '\brdns="?([^\s"]+)', 1) END AS peer_host,
    nullif(regexp_extract(ended.text, '\bhelo="?([^\s"]+)', 1), '') AS helo,
    address_of(nullif(regexp_extract(ended.text, '\bip="?([^\s"]+)', 1), '')) AS peer_ip,
    [] AS recipients,
    ended.session_id,
    ended.messages,
    md5_number_lower(concat_ws('|', 'haraka', ended.session_id)) AS hop_key,
    NULL AS problem
FROM ended
LEFT JOIN secured ON ended.session_id = secured.session_id
WHERE ended.messages > 0
UNION ALL BY NAME
SELECT
    sent.source_id,
    sent.line_no,
    sent.time_utc,
    'outbound' AS direction,
    secured.tls_raw,
    CASE
        WHEN secured.tls_raw IS NOT NULL THEN tls_grade(secured.tls_raw, secured.cipher)
        WHEN regexp_matches(sent.text, '\btls="?(Y|true)') THEN 'TLS (version unknown)'
        WHEN regexp_matches(sent.text, '\btls="?(N|false)') THEN 'No TLS'
        ELSE 'Not recorded'
    END AS tls,
    secured.cipher,
    secured.verified,
    'handed over' AS status,
    'Haraka' AS system,
    nullif(regexp_extract(sent.text, '\bhost="?([^\s"]+)', 1), '') AS peer_host,
    address_of(nullif(regexp_extract(sent.text, '\bip="?([^\s"]+)', 1), '')) AS peer_ip,
    lower(nullif(regexp_extract(sent.text, '\bdomain="?([^\s"]+)', 1), '')) AS peer_domain,
    [] AS recipients,
    sent.session_id,
    1 AS messages,
    md5_number_lower(concat_ws('|', 'haraka-out', sent.session_id, sent.text)) AS hop_key
FROM raw AS sent
LEFT JOIN secured ON sent.session_id = secured.session_id
WHERE sent.kind = 'delivered' AND sent.time_utc IS NOT NULL
UNION ALL BY NAME
SELECT
    source_id,
    line_no,
    'the line has no time; log with timestamps' AS problem
FROM raw
WHERE kind IN ('end', 'delivered') AND time_utc IS NULL
