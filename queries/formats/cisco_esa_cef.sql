-- title: Cisco Secure Email Gateway, consolidated event log
-- help: One CEF line a message: the hop in and the hop out, each with its TLS.
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
WITH told AS (
    SELECT
        raw.source_id,
        raw.line_no,
        utc_of(
            try_strptime(regexp_replace(coalesce(cef_value(line, 'startTime'), cef_value(line, 'start')), ' +', ' ', 'g'), '%a %b %d %H:%M:%S %Y'),
            read_file.log_zone
        ) AS time_utc,
        utc_of(
            try_strptime(regexp_replace(coalesce(cef_value(line, 'endTime'), cef_value(line, 'end')), ' +', ' ', 'g'), '%a %b %d %H:%M:%S %Y'),
            read_file.log_zone
        ) AS end_utc,
        cef_value(line, 'ESAMID') AS mid,
        cef_value(line, 'ESAICID') AS icid,
        nullif(cef_value(line, 'ESADCID'), '0') AS dcid,
        cef_value(line, 'ESATLSInProtocol') AS in_tls,
        cef_value(line, 'ESATLSInCipher') AS in_cipher,
        cef_value(line, 'ESATLSOutProtocol') AS out_tls,
        cef_value(line, 'ESATLSOutCipher') AS out_cipher,
        cef_value(line, 'ESASenderGroup') AS sender_group,
        upper(cef_value(line, 'act')) AS act,
        coalesce(cef_value(line, 'sourceHostName'), cef_value(line, 'shost')) AS peer_host,
        address_of(coalesce(cef_value(line, 'sourceAddress'), cef_value(line, 'src'))) AS peer_ip,
        cef_value(line, 'ESAHeloDomain') AS helo,
        address_of(coalesce(cef_value(line, 'dst'), cef_value(line, 'destinationAddress'))) AS out_ip,
        cef_value(line, 'deviceExternalId') AS server,
        lower(cef_value(line, 'suser')) AS sender,
        addresses_of(string_split(cef_value(line, 'duser'), ';')) AS recipients,
        trim(cef_value(line, 'msg'), '''') AS subject,
        trim(cef_value(line, 'cs4'), '''') AS message_id,
        try_cast(cef_value(line, 'ESAMsgSize') AS BIGINT) AS size_bytes
    FROM raw
    INNER JOIN read_file ON raw.source_id = read_file.source_id
    WHERE contains(line, '|ESA_CONSOLIDATED_LOG_EVENT|')
),

hop AS (
    SELECT 'in' AS kind, in_tls AS tls_raw, in_cipher AS cipher, told.* FROM told
    UNION ALL
    SELECT 'out' AS kind, out_tls AS tls_raw, out_cipher AS cipher, told.* FROM told WHERE dcid IS NOT NULL
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
        WHEN kind = 'in' THEN CASE WHEN act IN ('REJECTED', 'ABORTED') THEN 'refused' ELSE 'accepted' END
        WHEN act = 'BOUNCED' THEN 'bounced'
        WHEN act IN ('DELIVERED', 'DQ') THEN 'handed over'
        ELSE 'unfinished'
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
FROM hop
