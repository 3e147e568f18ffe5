-- title: What matters of an SMTP receive log
-- help: Commands stand behind <, answers behind >. Every row stays, so that rows keep their line numbers; what the sessions do not need is NULL.
-- into: raw
SELECT
    source_id,
    kind,
    time_utc,
    CASE WHEN kind IS NOT NULL THEN hash(connector_id, session_id) END AS session,
    CASE WHEN kind IS NOT NULL THEN try_cast(sequence_number AS INTEGER) END AS sequence_no,
    CASE
        WHEN kind BETWEEN 'auth'::SMTP_KIND AND 'mail'::SMTP_KIND OR kind > 'yes'::SMTP_KIND THEN data
        WHEN kind = 'yes'::SMTP_KIND AND NOT (data LIKE '250 2.1.%' OR data LIKE '250  %') THEN data
        WHEN kind = 'yes'::SMTP_KIND THEN '250'
        WHEN kind = 'tls'::SMTP_KIND
            THEN concat_ws(' ', split_part(context, ' ', 3), nullif(regexp_extract(context, 'bulk encryption algorithm (\S+)', 1), ''))
        WHEN kind = 'verified'::SMTP_KIND THEN regexp_extract(context, '''([^'']*)''\s*$', 1)
        WHEN kind = 'rcpt'::SMTP_KIND THEN regexp_extract(data, '<([^>]*)>', 1)
    END AS text,
    CASE WHEN kind = 'mail'::SMTP_KIND THEN connector_id END AS connector_id,
    CASE WHEN kind = 'mail'::SMTP_KIND THEN session_id END AS session_id,
    CASE WHEN kind = 'mail'::SMTP_KIND THEN remote_endpoint END AS remote_endpoint,
    CASE
        WHEN time_utc IS NOT NULL OR starts_with(date_time, '#') THEN NULL
        WHEN event IS NULL OR length(event) <> 1 OR NOT contains('+-<>*', event) THEN 'the event is none of + - < > *'
        WHEN kind IS NOT NULL THEN 'the date-time is not a time'
    END AS problem
FROM (
    SELECT
        *,
        CASE WHEN kind IS NOT NULL THEN try_cast(date_time AS TIMESTAMP) END AS time_utc
    FROM (
        SELECT
            *,
            CASE
                WHEN event = '<' THEN CASE
                    WHEN data ILIKE 'MAIL%' THEN 'mail'::SMTP_KIND
                    WHEN data ILIKE 'RCPT%' THEN 'rcpt'::SMTP_KIND
                    WHEN data ILIKE 'EHLO%' OR data ILIKE 'HELO%' THEN 'helo'::SMTP_KIND
                    WHEN data ILIKE 'DATA%' OR data ILIKE 'BDAT% LAST%' THEN 'body'::SMTP_KIND
                    WHEN data ILIKE 'X-ANONYMOUSTLS%' OR data ILIKE 'XPROXY%' THEN 'proxy'::SMTP_KIND
                    WHEN data NOT LIKE '<%' THEN 'verb'::SMTP_KIND
                END
                WHEN event = '>' THEN CASE
                    WHEN data LIKE '220 %' THEN 'greeting'::SMTP_KIND
                    WHEN data LIKE '3%' OR data LIKE '___-%' THEN NULL
                    WHEN data LIKE '2%' THEN 'yes'::SMTP_KIND
                    WHEN data LIKE '4%' THEN 'later'::SMTP_KIND
                    WHEN data LIKE '5%' THEN 'no'::SMTP_KIND
                    ELSE 'reply'::SMTP_KIND
                END
                WHEN event = '*' THEN CASE
                    WHEN context LIKE 'TLS protocol %' THEN 'tls'::SMTP_KIND
                    WHEN context LIKE 'TlsDomainCapabilities%' THEN 'verified'::SMTP_KIND
                    WHEN context ILIKE 'authenticated%' THEN 'auth'::SMTP_KIND
                END
                WHEN event = '+' THEN 'start'::SMTP_KIND
            END AS kind
        FROM file_row
    )
)
