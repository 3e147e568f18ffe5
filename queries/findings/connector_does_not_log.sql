-- title: Connector that does not log
-- help: An enabled connector whose settings disable its protocol log, and that has no messages in the window: its mail may be missing from the data.
-- severity: information
-- advice: Mail through it is in none of these files, with or without TLS. Set its ProtocolLoggingLevel to Verbose before you rely on the report.
-- params: since timestamp, until timestamp
-- result: FindingRow
SELECT
    setting.direction,
    setting.name AS connector,
    setting.connector_type,
    used.last_utc,
    'its ProtocolLoggingLevel is None' AS evidence
FROM connector_setting AS setting
LEFT JOIN last_uses($until) AS used ON setting.direction = used.direction AND lower(setting.name) = used.name
WHERE
    setting.enabled IS DISTINCT FROM FALSE
    AND setting.logs = FALSE
    AND (used.last_utc IS NULL OR used.last_utc < $since)
ORDER BY setting.direction, setting.name
