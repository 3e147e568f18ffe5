-- title: What the screens ask
-- help: Views over the attached trace file. Run in the memory catalogue, so that every cursor sees them.

-- The newest settings of each connector.
CREATE OR REPLACE VIEW connector_setting AS
SELECT
    name,
    CAST(direction AS VARCHAR) AS direction,
    CAST(connector_type AS VARCHAR) AS connector_type,
    forced_tls,
    domains,
    addresses,
    own_certificate,
    logs,
    enabled,
    changed_at_utc,
    source_id
FROM trace.connector
QUALIFY row_number() OVER (
    PARTITION BY lower(name), direction ORDER BY changed_at_utc DESC NULLS LAST, source_id DESC, line_no DESC
) = 1;

CREATE OR REPLACE VIEW source AS
SELECT * FROM trace.source;

CREATE OR REPLACE VIEW reject AS
SELECT * FROM trace.reject;

-- Messages at hops, with the connector that settings give to mail of systems that log none.
CREATE OR REPLACE VIEW message AS
SELECT
    told.* REPLACE (
        CAST(told.direction AS VARCHAR) AS direction,
        CAST(told.tls AS VARCHAR) AS tls,
        CAST(told.status AS VARCHAR) AS status,
        CAST(told.connector_type AS VARCHAR) AS connector_type,
        coalesce(told.connector, settled.connector) AS connector
    ),
    told.rowid AS row_id,
    source.grain
FROM trace.message AS told
INNER JOIN trace.source AS source ON told.source_id = source.source_id
LEFT JOIN trace.connector_match AS settled
    ON
        told.connector IS NULL AND told.direction = settled.direction
        AND told.peer_ip IS NOT DISTINCT FROM settled.peer_ip AND told.peer_domain IS NOT DISTINCT FROM settled.peer_domain;

-- Mail that crossed the hop, inbound and outbound, in quarter hours, with type and Forced TLS? as settings tell them.
CREATE OR REPLACE VIEW flow AS
SELECT
    sums.quarter_utc,
    CAST(sums.quarter_utc AS DATE) AS day,
    CAST(sums.direction AS VARCHAR) AS direction,
    sums.connector,
    CASE WHEN sums.connector IS NOT NULL THEN coalesce(setting.connector_type, CAST(sums.connector_type AS VARCHAR)) END AS connector_type,
    CASE WHEN sums.connector IS NOT NULL THEN setting.forced_tls END AS forced_tls,
    CAST(sums.tls AS VARCHAR) AS tls,
    sums.system,
    sums.grain,
    sums.is_estimate,
    sums.messages,
    sums.recipients
FROM trace.flow_quarter AS sums
LEFT JOIN connector_setting AS setting
    ON lower(sums.connector) = lower(setting.name) AND CAST(sums.direction AS VARCHAR) = setting.direction
WHERE sums.direction IN ('inbound', 'outbound') AND sums.status IN ('accepted', 'handed over');
