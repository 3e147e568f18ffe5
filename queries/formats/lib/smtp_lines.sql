-- title: SMTP sessions: lines
-- help: Parses the lines of an Exchange protocol log.

-- The kind of a line, in one byte. The order matters: the kinds from start to mail describe the session, those from helo on are commands and replies, those
-- after verb are replies (2xx, 4xx, 5xx, any other); only smtp_failures needs end and failure. Kinds are written with their type, because
-- compared with a plain text they would be compared as text.
CREATE TYPE smtp_kind AS ENUM (  -- noqa: CP05,LT01
    'end', 'failure', 'start', 'greeting', 'tls', 'verified', 'announce', 'auth', 'helo', 'starttls', 'own tls', 'proxy', 'mail', 'rcpt', 'chunk', 'body', 'verb',
    'yes', 'later', 'no', 'reply'
);

-- Return whether a line keeps its session's identifiers. Strings need memory, and every session that matters has one of these lines.
CREATE OR REPLACE MACRO identifies_session(kind) AS kind = 'mail'::SMTP_KIND OR kind <= 'failure'::SMTP_KIND;

-- Parse the lines of an Exchange protocol log. The event of commands is < and of replies > in a receive log, and the other way round in a send log.
-- Every line returns a row, so that rows keep their line numbers; what the sessions do not need is NULL.
CREATE OR REPLACE MACRO smtp_rows(relation, command, reply) AS TABLE  -- noqa: CP05
SELECT
    source_id,
    kind,
    time_utc,
    CASE WHEN kind IS NOT NULL THEN hash(connector_id, session_id) END AS session,
    CASE WHEN kind IS NOT NULL THEN try_cast(sequence_number AS INTEGER) END AS sequence_no,
    CASE
        WHEN kind = 'auth'::SMTP_KIND AND event = reply THEN NULL
        WHEN kind BETWEEN 'auth'::SMTP_KIND AND 'mail'::SMTP_KIND OR kind > 'yes'::SMTP_KIND OR kind = 'greeting'::SMTP_KIND THEN data
        WHEN kind = 'announce'::SMTP_KIND THEN regexp_extract(context, 'InternetMessageId (<[^>]*>)', 1)
        WHEN kind = 'yes'::SMTP_KIND AND NOT (data LIKE '250 2.1.%' OR data LIKE '250  %') THEN data
        WHEN kind = 'yes'::SMTP_KIND THEN '250'
        WHEN kind = 'tls'::SMTP_KIND
            THEN concat_ws(' ', split_part(context, ' ', 3), nullif(regexp_extract(context, 'bulk encryption algorithm (\S+)', 1), ''))
        WHEN kind = 'verified'::SMTP_KIND THEN regexp_extract(context, 'Status=''([^'']*)''', 1)
        WHEN kind = 'rcpt'::SMTP_KIND THEN regexp_extract(data, '<([^>]*)>', 1)
        WHEN kind <= 'failure'::SMTP_KIND THEN context
    END AS text,
    CASE WHEN identifies_session(kind) THEN connector_id END AS connector_id,
    CASE WHEN identifies_session(kind) THEN session_id END AS session_id,
    CASE WHEN identifies_session(kind) THEN remote_endpoint END AS remote_endpoint,
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
                WHEN event = command THEN CASE
                    WHEN data ILIKE 'MAIL%' THEN 'mail'::SMTP_KIND
                    WHEN data ILIKE 'RCPT%' THEN 'rcpt'::SMTP_KIND
                    WHEN data ILIKE 'EHLO%' OR data ILIKE 'HELO%' THEN 'helo'::SMTP_KIND
                    WHEN data ILIKE 'DATA%' OR data ILIKE 'BDAT% LAST%' THEN 'body'::SMTP_KIND
                    WHEN data ILIKE 'BDAT%' THEN 'chunk'::SMTP_KIND
                    WHEN data ILIKE 'STARTTLS%' THEN 'starttls'::SMTP_KIND
                    WHEN data ILIKE 'X-ANONYMOUSTLS%' THEN 'own tls'::SMTP_KIND
                    WHEN data ILIKE 'XPROXY%' THEN 'proxy'::SMTP_KIND
                    WHEN data NOT LIKE '<%' THEN 'verb'::SMTP_KIND
                END
                WHEN event = reply THEN CASE
                    WHEN data LIKE '220 2._._ %' THEN NULL  -- the reply to STARTTLS, which has no host name
                    WHEN data LIKE '220 %' THEN 'greeting'::SMTP_KIND
                    WHEN data LIKE '3%' OR data LIKE '___-%' THEN NULL
                    WHEN data LIKE '235%' THEN 'auth'::SMTP_KIND
                    WHEN data LIKE '2%' THEN 'yes'::SMTP_KIND
                    WHEN data LIKE '4%' THEN 'later'::SMTP_KIND
                    WHEN data LIKE '5%' THEN 'no'::SMTP_KIND
                    ELSE 'reply'::SMTP_KIND
                END
                WHEN event = '*' THEN CASE
                    WHEN context LIKE 'TLS protocol %' THEN 'tls'::SMTP_KIND
                    WHEN context LIKE 'TlsDomainCapabilities%' THEN 'verified'::SMTP_KIND
                    WHEN context ILIKE 'authenticated%' THEN 'auth'::SMTP_KIND
                    WHEN context LIKE 'sending message with %InternetMessageId <%' THEN 'announce'::SMTP_KIND
                    WHEN context LIKE 'TLS negotiation failed%' THEN 'failure'::SMTP_KIND
                END
                WHEN event = '+' THEN 'start'::SMTP_KIND
                WHEN event = '-' THEN 'end'::SMTP_KIND
            END AS kind
        FROM query_table(relation)
    )
);
