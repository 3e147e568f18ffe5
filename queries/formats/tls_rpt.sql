-- title: TLS reports of other organisations (TLS-RPT)
-- help: RFC 8460 reports as JSON, in gz or zip files or in the mail that carried them: sessions of other organisations with your servers, by policy and failure. Never mixed with messages.
-- provides: policy, sessions that succeeded and failed, why they failed, the sending server
-- lacks: messages, TLS version
-- recognise: json policies report_id
-- reader: json
-- columns: item
-- grain: session
-- into: tls_report
WITH reports AS (
    SELECT
        source_id,
        line_no,
        item,
        locale_time(item ->> '$."date-range"."start-datetime"', FALSE) AS start_utc,
        locale_time(item ->> '$."date-range"."end-datetime"', FALSE) AS end_utc
    FROM raw
),

policy_items AS (
    SELECT
        reports.*,
        unnest(cast(coalesce(json_extract(item, '$.policies'), '[]') AS JSON[])) AS policy_item
    FROM reports
    WHERE start_utc IS NOT NULL
),

policies AS (
    SELECT
        source_id,
        line_no,
        start_utc,
        coalesce(end_utc, start_utc) AS end_utc,
        item ->> '$."organization-name"' AS organization,
        item ->> '$."contact-info"' AS contact,
        item ->> '$."report-id"' AS report_id,
        policy_item ->> '$.policy."policy-type"' AS policy_type,
        lower(policy_item ->> '$.policy."policy-domain"') AS policy_domain,
        CASE json_type(policy_item, '$.policy."mx-host"')
            WHEN 'ARRAY' THEN array_to_string(cast(json_extract(policy_item, '$.policy."mx-host"') AS VARCHAR[]), ', ')
            ELSE policy_item ->> '$.policy."mx-host"'
        END AS mx_host,
        policy_item
    FROM policy_items
),

failures AS (
    SELECT
        policies.*,
        unnest(cast(coalesce(json_extract(policy_item, '$."failure-details"'), '[]') AS JSON[])) AS detail
    FROM policies
)

SELECT
    * EXCLUDE (policy_item),
    coalesce(try_cast(policy_item ->> '$.summary."total-successful-session-count"' AS BIGINT), 0) AS good_sessions,
    coalesce(try_cast(policy_item ->> '$.summary."total-failure-session-count"' AS BIGINT), 0) AS failed_sessions,
    NULL AS problem
FROM policies
UNION ALL BY NAME
SELECT
    * EXCLUDE (policy_item, detail),
    coalesce(detail ->> '$."result-type"', 'not recorded') AS result_type,
    detail ->> '$."sending-mta-ip"' AS sending_ip,
    coalesce(detail ->> '$."receiving-mx-hostname"', detail ->> '$."receiving-mx-helo"') AS receiving_host,
    detail ->> '$."receiving-ip"' AS receiving_ip,
    nullif(concat_ws(' ', detail ->> '$."failure-reason-code"', detail ->> '$."additional-information"'), '') AS reason,
    0 AS good_sessions,
    coalesce(try_cast(detail ->> '$."failed-session-count"' AS BIGINT), 0) AS failed_sessions
FROM failures
UNION ALL BY NAME
SELECT
    source_id,
    line_no,
    'the report has no date-range' AS problem
FROM reports
WHERE start_utc IS NULL
