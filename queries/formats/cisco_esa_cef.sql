-- title: Cisco Secure Email Gateway, consolidated event log
-- help: One CEF line per message: the incoming and the outgoing hop, each with its TLS version.
-- provides: direction, TLS version, cipher, sender group as connector, peer, HELO, sender, recipients, subject, status
-- lacks: clear text (a line without TLS fields is Not recorded), the receiving host of outgoing mail
-- tls_from: the text mail log of the same appliance
-- recognise: line CEF:\d\|Cisco\|[^|]*\|[^|]*\|ESA_CONSOLIDATED_LOG_EVENT\|
-- reader: lines
-- system: Cisco ESA
-- columns: line
-- naive_timestamps: startTime=|start=
-- shows_clear_text: no
-- into: message
WITH lines AS (
    SELECT
        raw.source_id,
        raw.line_no,
        read_file.log_zone,
        cef_fields(raw.line) AS fields
    FROM raw
    INNER JOIN read_file ON raw.source_id = read_file.source_id
    WHERE contains(raw.line, '|ESA_CONSOLIDATED_LOG_EVENT|')
),

field_values AS (
    SELECT
        source_id,
        line_no,
        log_zone,
        coalesce(cef_value(fields, 'startTime'), cef_value(fields, 'start')) AS start_time,
        coalesce(cef_value(fields, 'endTime'), cef_value(fields, 'end')) AS end_time,
        cef_value(fields, 'ESAMID') AS mid,
        cef_value(fields, 'ESAICID') AS icid,
        cef_value(fields, 'ESADCID') AS dcid,
        cef_value(fields, 'ESATLSInProtocol') AS in_tls,
        cef_value(fields, 'ESATLSInCipher') AS in_cipher,
        cef_value(fields, 'ESATLSOutProtocol') AS out_tls,
        cef_value(fields, 'ESATLSOutCipher') AS out_cipher,
        cef_value(fields, 'ESASenderGroup') AS sender_group,
        cef_value(fields, 'act') AS act,
        coalesce(cef_value(fields, 'sourceHostName'), cef_value(fields, 'shost')) AS peer_host,
        coalesce(cef_value(fields, 'sourceAddress'), cef_value(fields, 'src')) AS source_address,
        cef_value(fields, 'ESAHeloDomain') AS helo,
        coalesce(cef_value(fields, 'dst'), cef_value(fields, 'destinationAddress')) AS target_address,
        cef_value(fields, 'deviceExternalId') AS server,
        cef_value(fields, 'suser') AS sender,
        cef_value(fields, 'duser') AS recipients,
        cef_value(fields, 'msg') AS subject,
        cef_value(fields, 'cs4') AS message_id,
        cef_value(fields, 'ESAMsgSize') AS size
    FROM lines
),

events AS (
    SELECT
        source_id,
        line_no,
        utc_of(try_strptime(regexp_replace(start_time, ' +', ' ', 'g'), '%a %b %d %H:%M:%S %Y'), log_zone) AS time_utc,
        utc_of(try_strptime(regexp_replace(end_time, ' +', ' ', 'g'), '%a %b %d %H:%M:%S %Y'), log_zone) AS end_utc,
        mid,
        icid,
        nullif(dcid, '0') AS dcid,
        in_tls,
        in_cipher,
        out_tls,
        out_cipher,
        sender_group,
        upper(act) AS act,
        peer_host,
        address_of(source_address) AS peer_ip,
        helo,
        address_of(target_address) AS out_ip,
        server,
        lower(sender) AS sender,
        addresses_of(string_split(recipients, ';')) AS recipients,
        trim(subject, '''') AS subject,
        trim(message_id, '''') AS message_id,
        try_cast(size AS BIGINT) AS size_bytes
    FROM field_values
),

hops AS (
    SELECT 'in' AS kind, in_tls AS tls_raw, in_cipher AS cipher, events.* FROM events
    UNION ALL
    SELECT 'out' AS kind, out_tls AS tls_raw, out_cipher AS cipher, events.* FROM events WHERE dcid IS NOT NULL
)

SELECT
    source_id,
    line_no,
    CASE kind WHEN 'in' THEN time_utc ELSE coalesce(end_utc, time_utc) END AS time_utc,
    CASE kind WHEN 'in' THEN 'inbound' ELSE 'outbound' END AS direction,
    CASE kind WHEN 'in' THEN sender_group END AS connector,
    tls_raw,
    tls_grade(tls_raw, cipher) AS tls,
    cipher,
    CASE
        WHEN kind = 'in' THEN CASE WHEN act IN ('REJECTED', 'ABORTED') THEN 'rejected' ELSE 'accepted' END
        WHEN act = 'BOUNCED' THEN 'bounced'
        WHEN act IN ('DELIVERED', 'DQ') THEN 'delivered'
        ELSE 'incomplete'
    END AS status,
    act AS reply,
    'Cisco ESA' AS system,
    server,
    CASE kind WHEN 'in' THEN 'ICID' ELSE 'DCID' END AS service,
    CASE kind WHEN 'in' THEN peer_host END AS peer_host,
    CASE kind WHEN 'in' THEN helo END AS helo,
    CASE kind WHEN 'in' THEN peer_ip ELSE out_ip END AS peer_ip,
    domain_of(CASE kind WHEN 'in' THEN sender ELSE recipients[1] END) AS peer_domain,
    sender,
    recipients,
    subject,
    message_id,
    'MID ' || mid AS session_id,
    size_bytes,
    md5_number_lower(concat_ws('|', 'esa-cef', kind, server, mid, icid, dcid, epoch_ms(time_utc))) AS hop_key,
    CASE WHEN time_utc IS NULL THEN 'the time cannot be read' END AS problem
FROM hops
