-- title: What others report of their deliveries (TLS-RPT)
-- help: Sessions of other systems with own servers, by policy domain, policy and failure; a line without result is a policy's sum. A report that stands in two files counts once.
-- params: since timestamp, until timestamp
-- result: TlsReport
WITH told AS (
    SELECT DISTINCT * EXCLUDE (source_id, line_no) FROM tls_report WHERE start_utc < $until AND end_utc >= $since
)

SELECT
    policy_domain,
    policy_type,
    result_type,
    CASE WHEN result_type IS NULL THEN NULL ELSE coalesce(receiving_host, mx_host, receiving_ip) END AS host,
    array_to_string(list_sort(list(DISTINCT organization)), ', ') AS organizations,
    count(DISTINCT report_id) AS reports,
    cast(sum(good_sessions) AS BIGINT) AS good_sessions,
    cast(sum(failed_sessions) AS BIGINT) AS failed_sessions,
    max(end_utc) AS last_utc
FROM told
GROUP BY policy_domain, policy_type, result_type, host
ORDER BY policy_domain, policy_type, result_type NULLS FIRST, failed_sessions DESC, host
