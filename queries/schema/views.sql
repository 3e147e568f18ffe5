-- title: What the screens ask
-- help: Views over the attached trace file. Run in the memory catalogue, so that every cursor sees them.

-- tls_code is the place in the enum, which orders all eight words. Grouping by the enums themselves (raw_direction, raw_tls) is several times faster
-- than by their words.

-- When a message came last through each connector before a moment; its name in lower case.
CREATE OR REPLACE MACRO last_uses(UNTIL_UTC) AS TABLE
SELECT
    cast(direction AS VARCHAR) AS direction,
    lower(connector) AS name,
    max(moment_of(grain, quarter_utc)) FILTER (WHERE moment_of(grain, quarter_utc) < until_utc) AS last_utc
FROM trace.flow_quarter
GROUP BY ALL;

-- Type and Forced TLS? by name in lower case: grouped, so that a LEFT JOIN whose values nobody asks for is not done at all.
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

-- Messages at hops, with the connector that settings give to mail of systems that log none; in_flow is what every card counts, is_tls10 counts
-- SSL with TLS 1.0.
CREATE OR REPLACE VIEW every_message AS
SELECT
    told.* REPLACE (
        moment_of(told.grain, told.time_utc) AS time_utc,
        cast(told.direction AS VARCHAR) AS direction,
        cast(told.tls AS VARCHAR) AS tls,
        cast(told.status AS VARCHAR) AS status,
        cast(told.connector_type AS VARCHAR) AS connector_type
    ),
    is_transferred(told.status) AS is_transferred,
    is_transferred(told.status) AND is_edge_direction(told.direction) AS in_flow,
    is_tls10_or_ssl(told.tls) AS is_tls10,
    is_protected_tls(told.tls) AS is_protected,
    is_recorded_tls(told.tls) AS is_recorded,
    enum_code(told.tls) AS tls_code,
    told.direction AS raw_direction,
    told.tls AS raw_tls,
    told.time_utc AS stored_utc
FROM matched_message AS told;

-- What a question asks when a filter is to narrow it: the filter puts a view of its own before this one. What it must not narrow asks every_message;
-- that one cannot be made of this one, because DuckDB would look there for the filter's view, too.
CREATE OR REPLACE VIEW message AS
SELECT * FROM every_message;
