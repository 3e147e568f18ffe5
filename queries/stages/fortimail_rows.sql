-- title: Relevant lines of a FortiMail log
-- help: Lines of key=value with Sendmail's messages: TLS of sessions, authentication, received and delivered mail.
-- into: raw
SELECT
    source_id,
    kind,
    CASE
        WHEN kind IS NOT NULL THEN utc_of(
            try_cast(regexp_extract(line, '\bdate=(\S+)', 1) || ' ' || regexp_extract(line, '\btime=(\S+)', 1) AS TIMESTAMP),
            (SELECT any_value(log_zone) FROM read_file)
        )
    END AS time_utc,
    CASE WHEN kind IS NOT NULL THEN regexp_extract(line, '\bsession_id="([^"]*)"', 1) END AS session_id,
    CASE WHEN kind IS NOT NULL THEN nullif(regexp_extract(line, '\bdevice_id=(\S+)', 1), '') END AS server,
    CASE WHEN kind IS NOT NULL THEN regexp_extract(line, '\bmsg="(.*)"\s*$', 1) END AS text
FROM (
    SELECT
        *,
        CASE
            WHEN line IS NULL OR NOT contains(line, 'session_id="') THEN NULL
            -- Other STARTTLS lines are about the certificate.
            WHEN contains(line, 'msg="STARTTLS=') AND NOT contains(line, ', version=') THEN NULL
            WHEN contains(line, 'msg="STARTTLS=server') THEN 'tls in'
            WHEN contains(line, 'msg="STARTTLS=client') THEN 'tls out'
            WHEN contains(line, 'msg="AUTH=server') THEN 'auth'
            WHEN contains(line, 'msg="from=') THEN 'from'
            WHEN contains(line, 'msg="to=') THEN 'to'
        END AS kind
    FROM file_row
)
