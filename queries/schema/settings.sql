-- title: The settings that count
-- help: A view over the attached trace file, for schema/views and for load/connector_match_fill.
-- The newest settings of each connector.
CREATE OR REPLACE VIEW connector_setting AS
SELECT
    setting.name,
    cast(setting.direction AS VARCHAR) AS direction,
    cast(setting.connector_type AS VARCHAR) AS connector_type,
    setting.forced_tls,
    setting.domains,
    setting.addresses,
    setting.own_certificate,
    setting.logs,
    setting.enabled,
    setting.changed_at_utc,
    setting.source_id
FROM trace.connector AS setting
LEFT JOIN trace.source ON setting.source_id = source.source_id
QUALIFY row_number() OVER (
    PARTITION BY lower(setting.name), setting.direction
    ORDER BY
        setting.changed_at_utc DESC NULLS LAST, source.modified_utc DESC NULLS LAST, setting.enabled DESC, setting.forced_tls DESC,
        setting.connector_type, setting.domains, setting.addresses, setting.own_certificate, setting.logs, setting.name,
        setting.source_id DESC, setting.line_no DESC
) = 1;
