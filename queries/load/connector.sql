-- title: Settings of connectors are written
-- help: The rows of a format that are no messages, with defaults.
INSERT INTO trace.connector BY NAME
SELECT
    name,
    direction,
    connector_type,
    forced_tls,
    domains,
    addresses,
    own_certificate,
    logs,
    coalesce(enabled, TRUE) AS enabled,
    changed_at_utc,
    source_id,
    line_no
FROM incoming
WHERE problem IS NULL
