-- title: What is reported of deliveries: by others of own servers (TLS-RPT), by Exchange Online of messages in transit
-- help: What kind says, good and failed: sessions of other systems with own servers, by policy domain, policy and failure, where a line without result is a policy's sum; and messages that Exchange Online sent or blocked, by recipients' domain. What stands in two files counts once.
-- params: since timestamp, until timestamp
-- result: TlsReport
WITH told AS (
    SELECT DISTINCT
        tls_report.* EXCLUDE (source_id, line_no),
        CASE WHEN source.grain = 'session' THEN 'sessions' ELSE 'messages' END AS kind
    FROM tls_report
    INNER JOIN source ON tls_report.source_id = source.source_id
    WHERE tls_report.start_utc < $until AND tls_report.end_utc >= $since
),

-- Of a day that two exports of Exchange Online hold, the later one knows more; of tables without dates the newest holds.
newest AS (
    SELECT *
    FROM told
    QUALIFY
        kind = 'sessions'
        OR row_number() OVER (
            PARTITION BY kind, policy_type, policy_domain, result_type, CASE WHEN end_utc < start_utc + INTERVAL 1 DAY THEN start_utc END
            ORDER BY end_utc DESC, good_sessions + failed_sessions DESC
        ) = 1
)

SELECT
    kind,
    policy_domain,
    policy_type,
    result_type,
    CASE WHEN result_type IS NULL THEN NULL ELSE coalesce(receiving_host, mx_host, receiving_ip) END AS host,
    array_to_string(list_sort(list(DISTINCT organization)), ', ') AS organizations,
    count(DISTINCT report_id) AS reports,
    cast(sum(good_sessions) AS BIGINT) AS good,
    cast(sum(failed_sessions) AS BIGINT) AS failed,
    max(end_utc) AS last_utc
FROM newest
GROUP BY kind, policy_domain, policy_type, result_type, host
ORDER BY kind DESC, policy_domain NULLS FIRST, policy_type, result_type NULLS FIRST, failed DESC, host
