-- title: FortiMail log
-- help: Event logs of the mail server as key=value lines, which hold Sendmail's messages; joined by session_id. Times are the device's own.
-- tells: direction, TLS version, cipher, verification, peer, sender, recipients, status
-- cannot tell: connector, subject, HELO
-- recognise: line \bdevice_id=\S+.*\bsession_id="[^"]*".*\bmsg="
-- reader: lines
-- system: FortiMail
-- columns: line
-- stage: fortimail_rows
-- local clock: \bdate=\d{4}-\d\d-\d\d time=
-- once: text, session_id, time_utc
-- pending: fortimail_messages
-- settle: no TLS line
-- into: message
WITH line AS (
    SELECT
        *,
        nullif(regexp_replace(regexp_extract(text, '\brelay=([^,\[]*)', 1), '[.\s]+$', ''), '') AS relay_host,
        address_of(nullif(regexp_extract(text, '\brelay=[^,]*\[([^\]]+)\]', 1), '')) AS relay_ip
    FROM raw
    WHERE kind IS NOT NULL AND time_utc IS NOT NULL
),

secured AS (
    SELECT
        session_id,
        kind,
        relay_host,
        any_value(regexp_extract(text, 'version=([^,]+)', 1)) AS tls_raw,
        any_value(regexp_extract(text, 'cipher=([^,]+)', 1)) AS cipher,
        any_value(regexp_extract(text, 'verify=([^,]+)', 1)) AS verified
    FROM line
    WHERE kind IN ('tls in', 'tls out')
    GROUP BY session_id, kind, relay_host
),

begun AS (
    SELECT
        session_id,
        lower(any_value(regexp_extract(text, 'from=<([^>]*)>', 1))) AS sender,
        any_value(nullif(regexp_extract(text, 'msgid=(<[^>]*>)', 1), '')) AS message_id,
        max(try_cast(regexp_extract(text, 'size=(\d+)', 1) AS BIGINT)) AS size_bytes
    FROM line
    WHERE kind = 'from'
    GROUP BY session_id
)

SELECT
    line.source_id,
    line.line_no,
    line.time_utc,
    CASE WHEN line.relay_ip LIKE '127.%' OR line.relay_ip = '::1' THEN 'internal' ELSE 'inbound' END AS direction,
    coalesce(secured.tls_raw, 'no TLS line') AS tls_raw,
    tls_grade(secured.tls_raw, secured.cipher) AS tls,
    secured.cipher,
    secured.verified,
    'accepted' AS status,
    'FortiMail' AS system,
    line.server,
    'in' AS service,
    line.relay_host AS peer_host,
    line.relay_ip AS peer_ip,
    domain_of(begun.sender) AS peer_domain,
    begun.sender,
    [] AS recipients,
    begun.message_id,
    line.session_id,
    begun.size_bytes,
    md5_number_lower(concat_ws('|', 'forti-in', line.server, line.session_id)) AS hop_key,
    NULL AS problem
FROM line
INNER JOIN begun ON line.session_id = begun.session_id
LEFT JOIN (SELECT session_id, any_value(tls_raw) AS tls_raw, any_value(cipher) AS cipher, any_value(verified) AS verified FROM secured WHERE kind = 'tls in' GROUP BY session_id) AS secured
    ON line.session_id = secured.session_id
WHERE line.kind = 'from'
UNION ALL BY NAME
SELECT
    line.source_id,
    line.line_no,
    line.time_utc,
    CASE WHEN line.relay_ip LIKE '127.%' OR line.relay_ip = '::1' OR line.relay_host IS NULL THEN 'internal' ELSE 'outbound' END AS direction,
    coalesce(secured.tls_raw, 'no TLS line') AS tls_raw,
    tls_grade(secured.tls_raw, secured.cipher) AS tls,
    secured.cipher,
    secured.verified,
    CASE
        WHEN regexp_matches(line.text, 'stat=Sent', 'i') THEN 'handed over'
        WHEN regexp_matches(line.text, 'stat=Deferred|dsn=4', 'i') THEN 'deferred'
        ELSE 'bounced'
    END AS status,
    nullif(regexp_extract(line.text, 'stat=(.*)$', 1), '') AS reply,
    'FortiMail' AS system,
    line.server,
    'out' AS service,
    line.relay_host AS peer_host,
    line.relay_ip AS peer_ip,
    domain_of(coalesce(addresses_of(regexp_extract_all(split_part(line.text, ', delay=', 1), '<([^>]*)>', 1))[1], '')) AS peer_domain,
    begun.sender,
    addresses_of(regexp_extract_all(split_part(line.text, ', delay=', 1), '<([^>]*)>', 1)) AS recipients,
    begun.message_id,
    line.session_id,
    begun.size_bytes,
    md5_number_lower(concat_ws('|', 'forti-out', line.server, line.session_id, line.text)) AS hop_key
FROM line
LEFT JOIN begun ON line.session_id = begun.session_id
LEFT JOIN secured ON secured.kind = 'tls out' AND line.session_id = secured.session_id AND lower(line.relay_host) = lower(secured.relay_host)
WHERE line.kind = 'to'
UNION ALL BY NAME
SELECT
    source_id,
    line_no,
    'the time cannot be read' AS problem
FROM raw
WHERE kind IS NOT NULL AND time_utc IS NULL
