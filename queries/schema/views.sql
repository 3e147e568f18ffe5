-- title: Views for screens
-- help: Views over the attached trace file. Run in the memory catalogue, so that every cursor sees them.

-- tls_code is the ordinal in the enum, which orders all eight values. Grouping by the enums themselves (raw_direction, raw_tls) is several times faster
-- than by their text.

-- When a message came last through each connector before a moment; its name in lower case.
CREATE OR REPLACE MACRO last_uses(UNTIL_UTC) AS TABLE
SELECT
    cast(direction AS VARCHAR) AS direction,
    lower(connector) AS name,
    max(moment_of(grain, quarter_utc)) FILTER (WHERE moment_of(grain, quarter_utc) < until_utc) AS last_utc
FROM trace.flow_quarter
GROUP BY ALL;

-- Type and Forced TLS? by name in lower case: grouped, so that DuckDB skips a LEFT JOIN whose values are not used.
CREATE OR REPLACE VIEW setting_of AS
SELECT
    of_name,
    direction,
    any_value(connector_type) AS connector_type,
    any_value(forced_tls) AS forced_tls
FROM (SELECT *, lower(name) AS of_name FROM connector_setting)
GROUP BY of_name, direction;

-- Type and Forced TLS? of a connector by its settings, else as the log recorded them.
CREATE OR REPLACE MACRO type_by_setting(of_connector, of_direction, recorded_type) AS
CASE
    WHEN of_connector IS NULL THEN 'No Connector'
    ELSE coalesce(
        (
            SELECT any_value(setting.connector_type) FROM connector_setting AS setting
            WHERE lower(setting.name) = lower(of_connector) AND setting.direction = of_direction
        ), recorded_type
    )
END;

CREATE OR REPLACE MACRO forced_by_setting(of_connector, of_direction, recorded_forced) AS
coalesce(
    (
        SELECT any_value(setting.forced_tls) FROM connector_setting AS setting
        WHERE lower(setting.name) = lower(of_connector) AND setting.direction = of_direction
    ), recorded_forced
);

CREATE OR REPLACE VIEW source AS
SELECT * FROM trace.source;

CREATE OR REPLACE VIEW reject AS
SELECT * FROM trace.reject;

CREATE OR REPLACE VIEW tls_report AS
SELECT * FROM trace.tls_report;

-- TLS handshakes that failed ('handshake failed') and sessions that ended without a MAIL FROM ('no mail').
CREATE OR REPLACE VIEW failed_session AS
SELECT * EXCLUDE (is_duplicate) REPLACE (cast(direction AS VARCHAR) AS direction)
FROM trace.failed_session
WHERE NOT is_duplicate;

-- Messages at hops, with the connector that settings assign to mail of systems that log none; in_flow is what the Overview and reports count, is_tls10
-- includes SSL.
CREATE OR REPLACE VIEW every_message AS
SELECT
    hop.* REPLACE (
        moment_of(hop.grain, hop.time_utc) AS time_utc,
        cast(hop.direction AS VARCHAR) AS direction,
        cast(hop.tls AS VARCHAR) AS tls,
        cast(hop.status AS VARCHAR) AS status,
        cast(hop.connector_type AS VARCHAR) AS connector_type
    ),
    is_transferred(hop.status) AS is_transferred,
    is_transferred(hop.status) AND is_edge_direction(hop.direction) AS in_flow,
    is_tls10_or_ssl(hop.tls) AS is_tls10,
    is_protected_tls(hop.tls) AS is_protected,
    is_recorded_tls(hop.tls) AS is_recorded,
    enum_code(hop.tls) AS tls_code,
    hop.direction AS raw_direction,
    hop.tls AS raw_tls,
    hop.time_utc AS stored_utc
FROM matched_message AS hop;

-- The view that a filter can replace by its own view of the same name. Questions that a filter must not narrow use every_message; that view cannot be
-- defined over this one, because DuckDB would resolve the filter's view there, too.
CREATE OR REPLACE VIEW message AS
SELECT * FROM every_message;
