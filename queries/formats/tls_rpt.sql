-- title: TLS reports of others (TLS-RPT)
-- help: RFC 8460 reports as JSON, in gz or zip files or in the mail that brought them: sessions of others with own servers, by policy and failure. Never mixed with messages.
-- provides: policy, sessions that succeeded and failed, why they failed, the sending server
-- lacks: messages, TLS version
-- recognise: json policies report_id
-- reader: json
-- columns: item
-- grain: session
-- into: tls_report
WITH report AS (
    SELECT
        source_id,
        line_no,
        item,
        culture_time(item ->> '$."date-range"."start-datetime"', FALSE) AS start_utc,
        culture_time(item ->> '$."date-range"."end-datetime"', FALSE) AS end_utc
    FROM raw
),

policy AS (
    SELECT
        report.*,
        unnest(cast(coalesce(json_extract(item, '$.policies'), '[]') AS JSON[])) AS told
    FROM report
    WHERE start_utc IS NOT NULL
),

known AS (
    SELECT
        source_id,
        line_no,
        start_utc,
        coalesce(end_utc, start_utc) AS end_utc,
        item ->> '$."organization-name"' AS organization,
        item ->> '$."contact-info"' AS contact,
        item ->> '$."report-id"' AS report_id,
        told ->> '$.policy."policy-type"' AS policy_type,
        lower(told ->> '$.policy."policy-domain"') AS policy_domain,
        CASE json_type(told, '$.policy."mx-host"')
            WHEN 'ARRAY' THEN array_to_string(cast(json_extract(told, '$.policy."mx-host"') AS VARCHAR[]), ', ')
            ELSE told ->> '$.policy."mx-host"'
        END AS mx_host,
        told
    FROM policy
),

failure AS (
    SELECT
        known.*,
        unnest(cast(coalesce(json_extract(told, '$."failure-details"'), '[]') AS JSON[])) AS detail
    FROM known
)

SELECT
    * EXCLUDE (told),
    coalesce(try_cast(told ->> '$.summary."total-successful-session-count"' AS BIGINT), 0) AS good_sessions,
    coalesce(try_cast(told ->> '$.summary."total-failure-session-count"' AS BIGINT), 0) AS failed_sessions,
    NULL AS problem
FROM known
UNION ALL BY NAME
SELECT
    * EXCLUDE (told, detail),
    coalesce(detail ->> '$."result-type"', 'not said') AS result_type,
    detail ->> '$."sending-mta-ip"' AS sending_ip,
    coalesce(detail ->> '$."receiving-mx-hostname"', detail ->> '$."receiving-mx-helo"') AS receiving_host,
    detail ->> '$."receiving-ip"' AS receiving_ip,
    nullif(concat_ws(' ', detail ->> '$."failure-reason-code"', detail ->> '$."additional-information"'), '') AS reason,
    0 AS good_sessions,
    coalesce(try_cast(detail ->> '$."failed-session-count"' AS BIGINT), 0) AS failed_sessions
FROM failure
UNION ALL BY NAME
SELECT
    source_id,
    line_no,
    'the report has no date-range' AS problem
FROM report
WHERE start_utc IS NULL
