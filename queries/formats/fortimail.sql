-- title: FortiMail log
-- help: Event logs of the mail server as key=value lines, which contain Sendmail's messages; joined by session_id. Timestamps are local to the device.
-- provides: direction (authenticated sessions are mail of own clients), TLS version, cipher, verification, peer, sender, recipients of outgoing mail, status
-- lacks: connector, subject, HELO; clear text only if other lines show TLS
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
WITH lines AS (
    SELECT
        raw.*,
        raw.time_utc >= span.since_utc + INTERVAL 5 MINUTE AS start_seen,
        -- The first half of a session id identifies the connection.
        string_split(raw.session_id, '-')[1] AS connection_id,
        trim(coalesce(sendmail_field(raw.text, 'relay'), '')) AS relay
    FROM raw
    INNER JOIN log_spans('raw') AS span ON raw.source_id = span.source_id AND raw.server IS NOT DISTINCT FROM span.server
    WHERE raw.kind IS NOT NULL AND raw.time_utc IS NOT NULL
),

-- Messages with the last TLS line before them: an incoming connection has one peer, an outgoing one is identified by the relay.
lines_with_tls AS (
    SELECT
        *,
        last_value(CASE WHEN kind = 'tls in' THEN text END IGNORE NULLS) OVER in_connection AS tls_in,
        last_value(CASE WHEN kind = 'auth' THEN text END IGNORE NULLS) OVER in_connection AS auth_text,
        last_value(CASE WHEN kind = 'tls out' THEN text END IGNORE NULLS) OVER to_relay AS tls_out
    FROM lines
    WINDOW
        in_connection AS (PARTITION BY server, connection_id ORDER BY time_utc, line_no ROWS UNBOUNDED PRECEDING),
        to_relay AS (PARTITION BY server, session_id, kind IN ('to', 'tls out'), sendmail_host(relay) ORDER BY time_utc, line_no ROWS UNBOUNDED PRECEDING)
),

from_lines AS (
    SELECT
        *,
        trim(string_split(substr(text, 6), ', ')[1], '<>') AS sender,
        sendmail_field(text, 'msgid') AS message_id,
        try_cast(sendmail_field(text, 'size') AS BIGINT) AS size_bytes,
        auth_text IS NOT NULL OR coalesce(sendmail_field(text, 'proto') IN ('ESMTPA', 'ESMTPSA'), FALSE) AS is_authenticated
    FROM lines_with_tls
    WHERE kind = 'from'
    QUALIFY row_number() OVER (PARTITION BY server, session_id ORDER BY time_utc, line_no) = 1
),

received_messages AS (
    SELECT
        *,
        sendmail_field(tls_in, 'version') AS tls_version,
        sendmail_field(tls_in, 'cipher') AS cipher,
        sendmail_address(relay) AS peer_ip
    FROM from_lines
),

-- Several lines record the recipients with the same result of one attempt; the delay identifies the attempt.
attempts AS (
    SELECT
        server,
        session_id,
        sendmail_host(relay) AS host,
        sendmail_status(text) AS status,
        sendmail_field(text, 'delay') AS delay,
        min_by({ 'source_id': source_id, 'line_no': line_no, 'text': text, 'relay': relay, 'tls_text': tls_out, 'start_seen': start_seen }, (time_utc, line_no)) AS first_line,
        min(time_utc) AS time_utc,
        list_sort(list_distinct(flatten(list(sendmail_recipients(substr(text, 4)))))) AS recipients
    FROM lines_with_tls
    WHERE kind = 'to' AND relay <> '' AND sendmail_status(text) IS NOT NULL
    GROUP BY ALL
),

deliveries AS (
    SELECT
        * EXCLUDE (first_line),
        first_line.source_id,
        first_line.line_no,
        first_line.text,
        first_line.relay,
        first_line.start_seen,
        sendmail_field(first_line.tls_text, 'version') AS tls_version,
        sendmail_field(first_line.tls_text, 'cipher') AS cipher,
        sendmail_field(first_line.tls_text, 'verify') AS verified,
        sendmail_address(first_line.relay) AS peer_ip
    FROM attempts
)

SELECT
    source_id,
    line_no,
    time_utc,
    CASE WHEN is_own_address(peer_ip) THEN 'internal' WHEN is_authenticated THEN 'submission' ELSE 'inbound' END AS direction,
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
    sendmail_field(auth_text, 'authid') AS auth_user,
    message_id,
    session_id,
    size_bytes,
    md5_number_lower(concat_ws('|', 'forti-in', server, session_id)) AS hop_key,
    NULL AS problem
FROM received_messages
WHERE relay <> ''
UNION ALL BY NAME
SELECT
    deliveries.source_id,
    deliveries.line_no,
    deliveries.time_utc,
    CASE WHEN is_own_address(deliveries.peer_ip) THEN 'internal' ELSE 'outbound' END AS direction,
    coalesce(deliveries.tls_version, CASE WHEN (deliveries.start_seen OR from_lines.time_utc <= deliveries.time_utc) AND contains(deliveries.relay, '[') THEN 'no TLS line' END) AS tls_raw,
    tls_grade(deliveries.tls_version, deliveries.cipher) AS tls,
    deliveries.cipher,
    deliveries.verified,
    deliveries.status,
    nullif(string_split(deliveries.text, ', stat=')[2], '') AS reply,
    'FortiMail' AS system,
    deliveries.server,
    'out' AS service,
    CASE WHEN NOT starts_with(deliveries.relay, '[') THEN rtrim(string_split(deliveries.relay, ' ')[1], '.') END AS peer_host,
    deliveries.peer_ip,
    domain_of(deliveries.recipients[1]) AS peer_domain,
    from_lines.sender,
    deliveries.recipients,
    from_lines.message_id,
    deliveries.session_id,
    from_lines.size_bytes,
    md5_number_lower(concat_ws('|', 'forti-out', deliveries.server, deliveries.session_id, deliveries.host, status_in_key(deliveries.status), deliveries.delay)) AS hop_key
FROM deliveries
LEFT JOIN from_lines ON deliveries.server IS NOT DISTINCT FROM from_lines.server AND deliveries.session_id = from_lines.session_id
UNION ALL BY NAME
SELECT
    source_id,
    line_no,
    'the time cannot be read' AS problem
FROM raw
WHERE kind IS NOT NULL AND time_utc IS NULL
