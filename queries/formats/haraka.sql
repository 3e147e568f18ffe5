-- title: Haraka log
-- help: Logs with timestamps (log.timestamps, or syslog): the disconnect line of a connection records its number of messages, the secured line its TLS version.
-- provides: direction, TLS version, cipher, verification, peer, HELO, recipients' domain of outgoing mail, status
-- lacks: sender, recipients, subject, connector; single messages of a connection; TLS version if the log level excludes the secured line
-- tls_from: logs written at level info
-- recognise: line ^\S.*\[(NOTICE|INFO|PROTOCOL|DEBUG|WARN|ERROR)\] \[[0-9A-Fa-f]{8}-[0-9A-Fa-f-]{27}
-- recognise: line ^\S.*\[(NOTICE|INFO)\] \[-\] \[(core|server|outbound)\]
-- reader: lines
-- system: Haraka
-- columns: line
-- stage: haraka_rows
-- naive_timestamps: ^(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)? |[A-Z][a-z]{2} [ \d]\d \d\d:)
-- dedup_key: kind, session_id, text, time_utc
-- pending: haraka_connections
-- connectors_from_settings: yes
-- into: message
WITH log_lines AS (
    SELECT
        *,
        CASE kind
            WHEN 'end' THEN try_cast(regexp_extract(text, '\bmsgs=(\d+)', 1) AS BIGINT) WHEN 'out delivered' THEN 1
        END AS messages,
        regexp_extract(text, '\btls="?(\w+)', 1) AS tls_word,
        nullif(regexp_extract(text, '\bip="?([^\s"]+)', 1), '') AS ip,
        CASE kind WHEN 'end' THEN regexp_extract(text, '\brdns="?([^\s"]+)', 1) ELSE regexp_extract(text, '\bhost="?([^\s"]+)', 1) END AS host
    FROM raw
    WHERE time_utc IS NOT NULL
),

-- The last secured line before the end: each attempt of a message starts TLS again.
ended_connections AS (
    SELECT
        ended.*,
        nullif(regexp_extract(secured.text, '\bversion=(\S+)', 1), '') AS version,
        nullif(regexp_extract(secured.text, '\bcipher=(\S+)', 1), '') AS cipher,
        nullif(regexp_extract(secured.text, '\bverified=(\S+)', 1), '') AS verified
    FROM log_lines AS ended
    LEFT JOIN log_lines AS secured
        ON
            CASE ended.kind WHEN 'end' THEN 'tls' ELSE 'out tls' END = secured.kind AND ended.session_id = secured.session_id
            AND ended.time_utc >= secured.time_utc AND ended.tls_word NOT IN ('N', 'false')
    WHERE ended.messages > 0
    QUALIFY row_number() OVER (PARTITION BY ended.line_no ORDER BY secured.time_utc DESC, secured.line_no DESC) = 1
)

SELECT
    source_id,
    line_no,
    time_utc,
    CASE
        WHEN is_own_address(ip) THEN 'internal'
        -- LMTP delivers to mailboxes.
        WHEN kind = 'out delivered' THEN CASE WHEN contains(text, ' mode=LMTP') OR starts_with(ip, '/') THEN 'internal' ELSE 'outbound' END
        WHEN regexp_matches(text, '\brelay="?(Y|true)') THEN 'submission'
        ELSE 'inbound'
    END AS direction,
    version AS tls_raw,
    CASE
        WHEN version IS NOT NULL THEN tls_grade(version, cipher)
        WHEN tls_word IN ('Y', 'true') THEN 'TLS (version unknown)'
        WHEN tls_word IN ('N', 'false') THEN 'No TLS'
        ELSE 'Not recorded'
    END AS tls,
    cipher,
    verified,
    CASE kind WHEN 'end' THEN 'accepted' ELSE 'delivered' END AS status,
    nullif(regexp_extract(text, '\bresponse="([^"]*)"', 1), '') AS reply,
    'Haraka' AS system,
    CASE WHEN host NOT IN ('', 'NXDOMAIN', 'Unknown', 'DNSERROR') THEN host END AS peer_host,
    CASE kind WHEN 'end' THEN nullif(regexp_extract(text, '\bhelo="?([^\s"]+)', 1), '') END AS helo,
    address_of(ip) AS peer_ip,
    CASE kind WHEN 'out delivered' THEN lower(nullif(regexp_extract(text, '\bdomain="?([^\s"]+)', 1), '')) END AS peer_domain,
    [] AS recipients,
    session_id,
    messages,
    CASE kind
        WHEN 'end' THEN md5_number_lower(concat_ws('|', 'haraka', session_id))
        ELSE md5_number_lower(concat_ws('|', 'haraka-out', session_id, text))
    END AS hop_key,
    NULL AS problem
FROM ended_connections
UNION ALL BY NAME
SELECT
    source_id,
    line_no,
    'the line has no time; log with timestamps' AS problem
FROM raw
WHERE kind IN ('end', 'out delivered') AND time_utc IS NULL
