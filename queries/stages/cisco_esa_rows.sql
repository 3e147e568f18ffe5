-- title: Relevant lines of a Cisco Secure Email Gateway's mail log
-- help: Incoming (ICID) and outgoing (DCID) connections, their TLS, and the delivery of each message (MID).
-- into: raw
SELECT
    source_id,
    kind,
    CASE
        WHEN kind IS NOT NULL AND has_year THEN utc_of(
            try_strptime(regexp_replace(substr(line, 5, 20), ' +', ' ', 'g'), '%b %d %H:%M:%S %Y'), log_zone
        )
        WHEN kind IS NOT NULL
            THEN syslog_utc(stamp, modified[source_id - before_id], log_zone)
    END AS time_utc,
    -- A message that the gateway created, such as a bounce, has no connection: its ICID is 0.
    CASE WHEN kind IS NOT NULL THEN nullif(try_cast(nullif(regexp_extract(line, '\bICID (\d+)', 1), '') AS BIGINT), 0) END AS icid,
    CASE WHEN kind IS NOT NULL THEN try_cast(nullif(regexp_extract(line, '\bDCID (\d+)', 1), '') AS BIGINT) END AS dcid,
    CASE WHEN kind IS NOT NULL THEN try_cast(nullif(regexp_extract(line, '\bMID (\d+)', 1), '') AS BIGINT) END AS mid,
    CASE WHEN kind IS NOT NULL THEN CASE WHEN has_year THEN substr(line, 26) ELSE substr(line, stamp_length(line) + 2) END END AS text,
    CASE
        WHEN kind IS NOT NULL AND has_year AND try_strptime(regexp_replace(substr(line, 5, 20), ' +', ' ', 'g'), '%b %d %H:%M:%S %Y') IS NULL THEN 'the time cannot be read'
    END AS problem,
    FALSE AS is_evidence
FROM (
    SELECT
        *,
        -- The appliance's own stamp, Tue Nov 10 08:00:00 2026; a syslog stamp where a log host wrote the line.
        ascii(line) > 57 AND ascii(substr(line, 5)) > 57 AS has_year,
        plain_stamp(line) AS stamp,
        CASE
            WHEN line IS NULL OR NOT contains(line, 'ID ') THEN NULL
            WHEN contains(line, ' New SMTP ICID ') THEN 'in'
            WHEN contains(line, ' New SMTP DCID ') THEN 'out'
            WHEN contains(line, ' TLS success ') THEN 'tls'
            WHEN contains(line, ' TLS failed') THEN 'tls failed'
            WHEN regexp_matches(line, ' ICID \d+ (ACCEPT|RELAY|REJECT|TCPREFUSE) SG ') THEN 'group'
            WHEN regexp_matches(line, ' [ID]CID \d+ close') THEN 'close'
            WHEN contains(line, 'Message finished MID ') OR contains(line, 'Message aborted MID ') THEN 'finished'
            WHEN contains(line, ' Start MID ') THEN 'mail'
            WHEN regexp_matches(line, ' MID \d+ ICID \d+ From: ') THEN 'from'
            WHEN regexp_matches(line, ' MID \d+ ICID \d+ RID \d+ To: ') THEN 'to'
            WHEN contains(line, ' Message-ID ') THEN 'id'
            WHEN contains(line, ' Subject ') THEN 'subject'
            WHEN contains(line, ' ready ') AND contains(line, ' bytes from ') THEN 'size'
            WHEN contains(line, 'Delivery start DCID ') THEN 'delivery'
            WHEN contains(line, 'Message done DCID ') THEN 'done'
            WHEN regexp_matches(line, 'Bounced: DCID \d+ MID ') THEN 'bounced'
            WHEN regexp_matches(line, 'Delayed: DCID \d+ MID ') THEN 'delayed'
        END AS kind
    FROM file_row
)
CROSS JOIN log_clock('read_file')
