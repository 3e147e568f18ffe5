-- title: Reports on deliveries: TLS-RPT reports on own servers, and Exchange Online's report on messages in transit
-- help: Successful and failed, by kind: sessions of other systems with own servers, by policy domain, policy and failure, where a line without result is the total of a policy; and messages that Exchange Online sent or blocked, by recipient domain. Duplicates in two files are counted once.
-- params: since timestamp, until timestamp
-- result: TlsReport
WITH report_lines AS (
    SELECT DISTINCT
        tls_report.* EXCLUDE (source_id, line_no),
        CASE WHEN source.grain = 'session' THEN 'sessions' ELSE 'messages' END AS kind
    FROM tls_report
    INNER JOIN source ON tls_report.source_id = source.source_id
    WHERE tls_report.start_utc < $until AND tls_report.end_utc >= $since
),

-- If two exports of Exchange Online contain a day, the later one is more complete; of tables without dates the newest is used.
newest AS (
    SELECT *
    FROM report_lines
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
