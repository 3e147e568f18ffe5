-- title: PowerMTA accounting file
-- help: The CSV of PowerMTA's accounting files: one row per recipient and delivery attempt, with the columns that its record-fields name.
-- provides: those that record-fields lists of TLS version, cipher, peer, sender, recipients, subject, status, virtual MTA as service
-- lacks: incoming mail, connector, clear text in a file in which no delivery used TLS
-- recognise: header type timelogged rcpt|orig|vmta|queue|dlvtype|dsnaction|dsnstatus|dsnmta|bouncecat
-- required_columns: type, timelogged
-- reader: csv
-- system: PowerMTA
-- columns: type, timelogged, timequeued, orig, rcpt, dsnstatus, dsndiag, dsnmta, dlvtype, dlvsourceip, dlvdestinationip, dlvsize, dlvtlsprotocol, dlvtlscipher, dsntlsversion, dsntlscipher, vmta, jobid, envid, queue, header_message_id, header_subject
-- naive_timestamps: (^|,)"?\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"?(,|$)
-- resolve: own addresses
-- connectors_from_settings: yes
-- into: message
-- A remote bounce (rb) or status (rs) is about a delivery that has a record; r, f and tq are no deliveries; a repeated header is no record.
WITH attempts AS (
    SELECT
        raw.* EXCLUDE (dlvtlsprotocol, dlvtlscipher),
        coalesce(raw.dlvtlsprotocol, raw.dsntlsversion) AS tls_version,
        coalesce(raw.dlvtlscipher, raw.dsntlscipher) AS tls_cipher,
        read_file.log_zone,
        CASE lower(raw.type) WHEN 'd' THEN 'delivered' WHEN 'b' THEN 'bounced' WHEN 't' THEN 'deferred' END AS status
    FROM raw
    INNER JOIN read_file ON raw.source_id = read_file.source_id
    WHERE lower(raw.type) IN ('d', 'b', 't') AND coalesce(lower(raw.dlvtype), 'smtp') LIKE '%smtp%'
),

-- record-fields are set for each record type, and the header has the columns of all of them: an empty cell shows clear text only where the file has
-- the version of another delivery, and only for a delivery to a host: one to a file or a pipe has no session.
timed_attempts AS (
    SELECT
        *,
        CASE WHEN regexp_full_match(timelogged, '\d+') THEN json_time(timelogged) ELSE iso_utc(timelogged, log_zone) END AS time_utc,
        bool_or(tls_version IS NOT NULL OR tls_cipher IS NOT NULL) OVER (PARTITION BY source_id, status) AS records_tls,
        nullif(trimmed(split_part(dsnmta, '(', 1)), '') AS peer_host,
        address_of(coalesce(dlvdestinationip, nullif(regexp_extract(dsnmta, '\(([^)]+)\)', 1), ''))) AS peer_ip,
        CASE WHEN orig = '<>' THEN '' ELSE lower(orig) END AS sender,
        lower(rcpt) AS recipient
    FROM attempts
),

-- Without a message id, equal rows are numbered, so that a file that is cut again elsewhere has the same rows.
identified_attempts AS (
    SELECT
        *,
        coalesce(
            header_message_id,
            concat_ws(
                '|', timequeued, jobid, envid, recipient,
                row_number() OVER (
                    PARTITION BY source_id, time_utc, status, sender, recipient, peer_ip, vmta, timequeued, jobid, envid ORDER BY line_no
                )
            )
        ) AS message_key
    FROM timed_attempts
    WHERE time_utc IS NOT NULL
),

-- The recipients of one message in one session are one hop; without a message id each row is one.
hops AS (
    SELECT
        source_id,
        min(line_no) AS line_no,
        time_utc,
        status,
        records_tls,
        tls_version,
        tls_cipher,
        peer_host,
        peer_ip,
        dlvsourceip,
        vmta,
        sender,
        header_message_id,
        header_subject,
        message_key,
        min(coalesce(domain_of(recipient), nullif(lower(split_part(queue, '/', 1)), ''))) AS peer_domain,
        list(DISTINCT recipient ORDER BY recipient) FILTER (WHERE recipient IS NOT NULL) AS recipients,
        min(regexp_replace(coalesce(dsndiag, dsnstatus), '^smtp; *', '')) AS reply,
        max(try_cast(dlvsize AS BIGINT)) AS size_bytes
    FROM identified_attempts
    GROUP BY ALL
)

SELECT
    source_id,
    line_no,
    time_utc,
    'outbound' AS direction,
    tls_version AS tls_raw,
    CASE
        WHEN tls_version IS NOT NULL THEN tls_grade(tls_version, tls_cipher)
        WHEN tls_cipher IS NOT NULL THEN 'TLS (version unknown)'
        WHEN records_tls AND status = 'delivered' AND coalesce(peer_ip, peer_host) IS NOT NULL THEN 'No TLS'
        ELSE 'Not recorded'
    END AS tls,
    tls_cipher AS cipher,
    status,
    reply,
    'PowerMTA' AS system,
    vmta AS service,
    peer_host,
    peer_ip,
    address_of(dlvsourceip) AS own_ip,
    peer_domain,
    sender,
    coalesce(recipients, []) AS recipients,
    header_message_id AS message_id,
    header_subject AS subject,
    size_bytes,
    md5_number_lower(concat_ws('|', 'powermta', status_in_key(status), epoch_ms(time_utc), message_key, sender, peer_ip, vmta)) AS hop_key,
    NULL AS problem
FROM hops
UNION ALL BY NAME
SELECT
    source_id,
    line_no,
    'the time cannot be read' AS problem
FROM timed_attempts
WHERE time_utc IS NULL
