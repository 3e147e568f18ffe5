-- title: The settings of a connector
-- help: The newest loaded settings, and their file.
-- params: direction text, connector text
-- result: ConnectorSetting
SELECT
    setting.name,
    setting.direction,
    setting.connector_type,
    setting.forced_tls,
    setting.enabled,
    setting.changed_at_utc,
    source.path
FROM connector_setting AS setting
INNER JOIN source ON setting.source_id = source.source_id
WHERE setting.direction = $direction AND lower(setting.name) = lower($connector)
