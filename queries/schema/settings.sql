-- title: The newest settings
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

-- What files of a source can record of their messages, by their format; NULL: as other formats of the system that a row names. Grouped, so that
-- DuckDB skips a LEFT JOIN whose values are not used.
CREATE OR REPLACE VIEW source_ability AS
SELECT
    source.source_id,
    any_value(rule.shows_clear_text) AS shows_clear_text,
    any_value(rule.connectors_from_settings) AS connectors_from_settings
FROM trace.source
LEFT JOIN trace.source_format AS rule ON source.format = rule.format
GROUP BY source.source_id;

CREATE OR REPLACE VIEW system_ability AS
SELECT
    system,
    bool_and(shows_clear_text) AS shows_clear_text,
    bool_or(connectors_from_settings) AS connectors_from_settings
FROM trace.source_format
GROUP BY system;

CREATE OR REPLACE MACRO can_show_clear_text(of_source, of_system) AS coalesce(of_source, of_system, TRUE);

-- Messages with what their files can record.
CREATE OR REPLACE VIEW message_with_ability AS
SELECT
    hop.*,
    can_show_clear_text(of_source.shows_clear_text, of_system.shows_clear_text) AS shows_clear_text,
    coalesce(of_source.connectors_from_settings, of_system.connectors_from_settings, FALSE) AS connectors_from_settings
FROM trace.message AS hop
LEFT JOIN source_ability AS of_source ON hop.source_id = of_source.source_id
LEFT JOIN system_ability AS of_system ON hop.system = of_system.system;
