-- title: FortiMail log
-- help: Event logs of the mail server as key=value lines, which hold Sendmail's messages; joined by session_id. Times are the device's own.
-- provides: direction (signed in or not), TLS version, cipher, verification, peer, sender, recipients of outgoing mail, status
-- lacks: connector, subject, HELO; clear text only where other lines show TLS
-- recognise: line \bdevice_id=\S+.*\bsession_id="[^"]*".*\bmsg="
-- reader: lines
-- system: FortiMail
-- columns: line
-- stage: fortimail_rows
-- naive_timestamps: \bdate=\d{4}-\d\d-\d\d time=
-- dedup_key: text, session_id, time_utc
-- pending: fortimail_messages
-- resolve: infer clear text
-- connectors_from_settings: yes
-- into: message
WITH line AS (
    SELECT
        raw.*,
        raw.time_utc >= span.since_utc + INTERVAL 5 MINUTE AS start_seen,
        -- The first half of a session's id is that of its connection.
        string_split(raw.session_id, '-')[1] AS connection_id,
        trim(coalesce(sendmail_field(raw.text, 'relay'), '')) AS relay
    FROM raw
    INNER JOIN log_spans('raw') AS span ON raw.source_id = span.source_id AND raw.server IS NOT DISTINCT FROM span.server
    WHERE raw.kind IS NOT NULL AND raw.time_utc IS NOT NULL
),

-- A message with the last word before it on how its connection was secured: coming in there is one other side, going out the relay names it.
secured AS (
    SELECT
        *,
        last_value(CASE WHEN kind = 'tls in' THEN text END IGNORE NULLS) OVER coming AS tls_in,
        last_value(CASE WHEN kind = 'auth' THEN text END IGNORE NULLS) OVER coming AS auth_words,
        last_value(CASE WHEN kind = 'tls out' THEN text END IGNORE NULLS) OVER going AS tls_out
    FROM line
    WINDOW
        coming AS (PARTITION BY server, connection_id ORDER BY time_utc, line_no ROWS UNBOUNDED PRECEDING),
        going AS (PARTITION BY server, session_id, kind IN ('to', 'tls out'), sendmail_host(relay) ORDER BY time_utc, line_no ROWS UNBOUNDED PRECEDING)
),

begun AS (
    SELECT
        *,
        trim(string_split(substr(text, 6), ', ')[1], '<>') AS sender,
        sendmail_field(text, 'msgid') AS message_id,
        try_cast(sendmail_field(text, 'size') AS BIGINT) AS size_bytes,
        auth_words IS NOT NULL OR coalesce(sendmail_field(text, 'proto') IN ('ESMTPA', 'ESMTPSA'), FALSE) AS signed_in
    FROM secured
    WHERE kind = 'from'
    QUALIFY row_number() OVER (PARTITION BY server, session_id ORDER BY time_utc, line_no) = 1
),

begun_tls AS (
    SELECT
        *,
        sendmail_field(tls_in, 'version') AS tls_version,
        sendmail_field(tls_in, 'cipher') AS cipher,
        sendmail_address(relay) AS peer_ip
    FROM begun
),

-- Recipients that fared alike in one attempt stand on several lines; the delay tells attempts apart.
given AS (
    SELECT
        server,
        session_id,
        sendmail_host(relay) AS host,
        sendmail_status(text) AS status,
        sendmail_field(text, 'delay') AS delay,
        min_by({ 'source_id': source_id, 'line_no': line_no, 'text': text, 'relay': relay, 'tls_text': tls_out, 'start_seen': start_seen }, (time_utc, line_no)) AS record,
        min(time_utc) AS time_utc,
        list_sort(list_distinct(flatten(list(sendmail_names(substr(text, 4)))))) AS recipients
    FROM secured
    WHERE kind = 'to' AND relay <> '' AND sendmail_status(text) IS NOT NULL
    GROUP BY ALL
),

given_tls AS (
    SELECT
        * EXCLUDE (record),
        record.source_id,
        record.line_no,
        record.text,
        record.relay,
        record.start_seen,
        sendmail_field(record.tls_text, 'version') AS tls_version,
        sendmail_field(record.tls_text, 'cipher') AS cipher,
        sendmail_field(record.tls_text, 'verify') AS verified,
        sendmail_address(record.relay) AS peer_ip
    FROM given
)

SELECT
    source_id,
    line_no,
    time_utc,
    CASE WHEN is_own_address(peer_ip) THEN 'internal' WHEN signed_in THEN 'submission' ELSE 'inbound' END AS direction,
    coalesce(tls_version, CASE WHEN start_seen THEN 'no TLS line' END) AS tls_raw,
    tls_grade(tls_version, cipher) AS tls,
    cipher,
    sendmail_field(tls_in, 'verify') AS verified,
    CASE WHEN contains(text, ', nrcpts=0') THEN 'incomplete' ELSE 'accepted' END AS status,
    'FortiMail' AS system,
    server,
    'in' AS service,
    CASE WHEN relay <> '' AND NOT starts_with(relay, '[') THEN rtrim(string_split(relay, ' ')[1], '.') END AS peer_host,
    peer_ip,
    domain_of(sender) AS peer_domain,
    sender,
    [] AS recipients,
    sendmail_field(auth_words, 'authid') AS auth_user,
    message_id,
    session_id,
    size_bytes,
    md5_number_lower(concat_ws('|', 'forti-in', server, session_id)) AS hop_key,
    NULL AS problem
FROM begun_tls
WHERE relay <> ''
UNION ALL BY NAME
SELECT
    given_tls.source_id,
    given_tls.line_no,
    given_tls.time_utc,
    CASE WHEN is_own_address(given_tls.peer_ip) THEN 'internal' ELSE 'outbound' END AS direction,
    coalesce(given_tls.tls_version, CASE WHEN (given_tls.start_seen OR begun.time_utc <= given_tls.time_utc) AND contains(given_tls.relay, '[') THEN 'no TLS line' END) AS tls_raw,
    tls_grade(given_tls.tls_version, given_tls.cipher) AS tls,
    given_tls.cipher,
    given_tls.verified,
    given_tls.status,
    nullif(string_split(given_tls.text, ', stat=')[2], '') AS reply,
    'FortiMail' AS system,
    given_tls.server,
    'out' AS service,
    CASE WHEN NOT starts_with(given_tls.relay, '[') THEN rtrim(string_split(given_tls.relay, ' ')[1], '.') END AS peer_host,
    given_tls.peer_ip,
    domain_of(given_tls.recipients[1]) AS peer_domain,
    begun.sender,
    given_tls.recipients,
    begun.message_id,
    given_tls.session_id,
    begun.size_bytes,
    md5_number_lower(concat_ws('|', 'forti-out', given_tls.server, given_tls.session_id, given_tls.host, given_tls.status, given_tls.delay)) AS hop_key
FROM given_tls
LEFT JOIN begun ON given_tls.server IS NOT DISTINCT FROM begun.server AND given_tls.session_id = begun.session_id
UNION ALL BY NAME
SELECT
    source_id,
    line_no,
    'the time cannot be read' AS problem
FROM raw
WHERE kind IS NOT NULL AND time_utc IS NULL
