-- title: Admin centre report on outbound messages in transit
-- help: Outbound messages in transit security: messages sent with DANE, MTA-STS, TLS or none of them, messages blocked by recipient domain, and domains that do not support TLS. Exchange Online's own totals, never mixed with messages. A table without dates is read as the week before its file was written.
-- provides: messages sent with DANE, MTA-STS, TLS or none of them; messages blocked by domain and why; domains that do not support TLS
-- lacks: single messages, TLS version, connector, inbound mail
-- recognise: header recipient_domain|recipientdomain security_type|securitytype|transit_security|transitsecurity count_of_messages_blocked|messages_blocked|messagesblocked|blocked|count|messages|message_count|messagecount
-- recognise: header date|day|report_date security_type|securitytype|transit_security|transitsecurity messages|message_count|messagecount|count|count_of_messages|messages_sent|volume
-- recognise: header date|day|report_date dane|smtp_dane|dane_with_dnssec mta_sts|mtasts|sts no_tls|notls|no_tls_messages
-- recognise: header date|day|report_date recipient_domain|recipientdomain messages|message_count|messagecount|count|count_of_messages|messages_sent|volume
-- reader: csv
-- columns: date, day, report_date, recipient_domain, recipientdomain, security_type, securitytype, transit_security, transitsecurity, count_of_messages_blocked, messages_blocked, messagesblocked, blocked, messages, message_count, messagecount, count, count_of_messages, messages_sent, volume, distinct_error_generated_for_domain, distinct_error, distinct_errors, error, dane, smtp_dane, dane_with_dnssec, mta_sts, mtasts, sts, tls, opportunistic_tls, tls_only, no_tls, notls, no_tls_messages
-- into: tls_report
WITH report_rows AS (
    SELECT
        raw.source_id,
        raw.line_no,
        read_file.modified_utc,
        trimmed(coalesce(raw.date, raw.day, raw.report_date)) AS date_text,
        nullif(lower(trimmed(coalesce(raw.recipient_domain, raw.recipientdomain))), '') AS policy_domain,
        nullif(trimmed(coalesce(raw.security_type, raw.securitytype, raw.transit_security, raw.transitsecurity)), '') AS security,
        regexp_matches(',' || file_columns || ',', ',(security_?type|transit_?security),') AS has_security,
        coalesce(raw.count_of_messages_blocked, raw.messages_blocked, raw.messagesblocked, raw.blocked) AS blocked,
        coalesce(raw.messages, raw.message_count, raw.messagecount, raw.count, raw.count_of_messages, raw.messages_sent, raw.volume) AS sent,
        nullif(trimmed(coalesce(raw.distinct_error_generated_for_domain, raw.distinct_error, raw.distinct_errors, raw.error)), '') AS error,
        [
            { 'policy': 'DANE', 'cell': coalesce(raw.dane, raw.smtp_dane, raw.dane_with_dnssec) },
            { 'policy': 'MTA-STS', 'cell': coalesce(raw.mta_sts, raw.mtasts, raw.sts) },
            { 'policy': 'TLS', 'cell': coalesce(raw.tls, raw.opportunistic_tls, raw.tls_only) },
            { 'policy': 'No TLS', 'cell': coalesce(raw.no_tls, raw.notls, raw.no_tls_messages) }
        ] AS cells
    FROM raw
    INNER JOIN read_file ON raw.source_id = read_file.source_id
),

-- A domain with a type was blocked; a domain in a table without types does not support TLS; a row without a domain counts sent messages. A blank type
-- is Not recorded.
report_cells AS (
    SELECT
        * EXCLUDE (cells, blocked, sent, security, has_security),
        CASE
            WHEN security ILIKE '%dane%' THEN 'DANE'
            WHEN security ILIKE '%sts%' THEN 'MTA-STS'
            WHEN regexp_matches(security, '^(no|none|no[ _-]?tls|not[ _-]?encrypted|unencrypted|plain|plain ?text|clear ?text)$', 'i') THEN 'No TLS'
            WHEN security ILIKE '%tls%' THEN 'TLS'
            WHEN security IS NULL AND (has_security OR blocked IS NOT NULL) THEN 'Not recorded'
            ELSE coalesce(security, 'No TLS')
        END AS policy_type,
        coalesce(blocked, sent) AS cell,
        policy_domain IS NOT NULL AND (has_security OR blocked IS NOT NULL) AS is_blocked
    FROM report_rows
    WHERE has_security OR policy_domain IS NOT NULL OR len(list_filter(cells, LAMBDA one: one.cell IS NOT NULL)) = 0
    UNION ALL BY NAME
    SELECT
        * EXCLUDE (cells, blocked, sent, security, has_security),
        unnest(list_filter(cells, LAMBDA one: one.cell IS NOT NULL)).policy AS policy_type,
        unnest(list_filter(cells, LAMBDA one: one.cell IS NOT NULL)).cell AS cell,
        FALSE AS is_blocked
    FROM report_rows
    WHERE NOT has_security AND policy_domain IS NULL
),

counted_cells AS (
    SELECT
        *,
        count_of(cell) AS messages,
        CASE
            WHEN date_text IS NOT NULL
                THEN cast(day_of(date_text, max(try_cast(string_split(date_text, '/')[1] AS INTEGER)) OVER (PARTITION BY source_id) BETWEEN 13 AND 31) AS TIMESTAMP)
            ELSE modified_utc - INTERVAL 7 DAY
        END AS start_utc
    FROM report_cells
)

SELECT
    source_id,
    line_no,
    start_utc,
    CASE WHEN date_text IS NULL THEN modified_utc ELSE start_utc + INTERVAL 1 DAY - INTERVAL 1 SECOND END AS end_utc,
    'Exchange Online' AS organization,
    policy_type,
    policy_domain,
    CASE WHEN is_blocked THEN coalesce(error, 'not recorded') END AS result_type,
    CASE WHEN is_blocked THEN 0 ELSE messages END AS good_sessions,
    CASE WHEN is_blocked THEN messages ELSE 0 END AS failed_sessions,
    CASE
        WHEN start_utc IS NULL THEN 'the date is not a date'
        WHEN cell IS NULL THEN 'the row has no count'
        WHEN messages IS NULL THEN 'the count is not a number'
    END AS problem
FROM counted_cells
