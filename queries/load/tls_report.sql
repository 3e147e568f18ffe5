-- title: TLS reports are written
-- help: The rows of a format that are no messages, with defaults.
INSERT INTO trace.tls_report BY NAME
SELECT
    start_utc,
    end_utc,
    organization,
    contact,
    report_id,
    policy_type,
    policy_domain,
    mx_host,
    result_type,
    sending_ip,
    receiving_host,
    receiving_ip,
    reason,
    good_sessions,
    failed_sessions,
    source_id,
    line_no
FROM incoming
WHERE problem IS NULL
