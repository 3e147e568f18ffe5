-- title: What the screens ask
-- help: Views over the attached trace file. Run in the memory catalogue, so that every cursor sees them.

-- The newest settings of each connector.
CREATE OR REPLACE VIEW connector_setting AS
SELECT
    name,
    cast(direction AS VARCHAR) AS direction,
    cast(connector_type AS VARCHAR) AS connector_type,
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

-- TLS handshakes that failed ('handshake failed') and sessions that ended without a MAIL FROM ('no mail').
CREATE OR REPLACE VIEW failed_session AS
SELECT * REPLACE (cast(direction AS VARCHAR) AS direction)
FROM trace.failed_session;

-- Messages at hops, with the connector that settings give to mail of systems that log none.
CREATE OR REPLACE VIEW message AS
SELECT
    told.* REPLACE (
        cast(told.direction AS VARCHAR) AS direction,
        cast(told.tls AS VARCHAR) AS tls,
        cast(told.status AS VARCHAR) AS status,
        cast(told.connector_type AS VARCHAR) AS connector_type,
        coalesce(told.connector, settled.connector) AS connector
    ),
    told.rowid AS row_id
FROM trace.message AS told
LEFT JOIN trace.connector_match AS settled
    ON
        told.connector IS NULL AND told.direction = settled.direction
        AND told.peer_ip IS NOT DISTINCT FROM settled.peer_ip AND told.peer_domain IS NOT DISTINCT FROM settled.peer_domain;

-- Mail that crossed the hop, inbound and outbound, in quarter hours, with type and Forced TLS? as settings tell them.
CREATE OR REPLACE VIEW flow AS
SELECT
    sums.quarter_utc,
    cast(sums.quarter_utc AS DATE) AS day,
    cast(sums.direction AS VARCHAR) AS direction,
    sums.connector,
    CASE WHEN sums.connector IS NOT NULL THEN coalesce(setting.connector_type, cast(sums.connector_type AS VARCHAR)) END AS connector_type,
    CASE WHEN sums.connector IS NOT NULL THEN coalesce(setting.forced_tls, sums.forced_tls) END AS forced_tls,
    cast(sums.tls AS VARCHAR) AS tls,
    sums.system,
    sums.grain,
    sums.is_estimate,
    sums.messages,
    sums.recipients
FROM trace.flow_quarter AS sums
LEFT JOIN connector_setting AS setting
    ON lower(sums.connector) = lower(setting.name) AND cast(sums.direction AS VARCHAR) = setting.direction
WHERE sums.direction IN ('inbound', 'outbound') AND sums.status IN ('accepted', 'handed over');

-- Mail of one window, direction, connector and TLS version; NULL asks for any. TLS 1.0 asks for SSL too, as the findings do.
CREATE OR REPLACE MACRO hops_of(SINCE_UTC, UNTIL_UTC, OF_DIRECTION, OF_ANY_CONNECTOR, OF_CONNECTOR, OF_TLS, OF_SYSTEM, OF_FLOW_ONLY) AS TABLE
SELECT *
FROM message
WHERE
    time_utc >= since_utc AND time_utc < until_utc
    AND (of_direction IS NULL OR direction = of_direction)
    AND (of_any_connector OR connector IS NOT DISTINCT FROM of_connector)
    AND (of_tls IS NULL OR tls = of_tls)
    AND (of_system IS NULL OR system = of_system)
    AND (NOT of_flow_only OR (direction IN ('inbound', 'outbound') AND status IN ('accepted', 'handed over')));

-- What a person may look a hop up by; a HELO stands in for a host's name that nobody else knows.
CREATE OR REPLACE MACRO facet_of(FACET, PEER_HOST, HELO, PEER_IP, PEER_DOMAIN, SENDER, RECIPIENTS, SERVER, CIPHER, SESSION_ID) AS CASE facet
    WHEN 'host' THEN coalesce(peer_host, helo, peer_ip)
    WHEN 'address' THEN peer_ip
    WHEN 'domain' THEN peer_domain
    WHEN 'sender' THEN CASE WHEN sender = '' THEN '<>' ELSE sender END
    WHEN 'recipient' THEN domain_of(recipients[1])
    WHEN 'server' THEN server
    WHEN 'cipher' THEN cipher
    WHEN 'connection' THEN session_id
END;

-- Each connector's shares over a window: of what was recorded, SSL counted with TLS 1.0.
CREATE OR REPLACE MACRO connector_shares(SINCE_UTC, UNTIL_UTC) AS TABLE
SELECT
    direction,
    connector,
    any_value(connector_type) AS connector_type,
    cast(sum(messages) AS BIGINT) AS volume,
    cast(coalesce(sum(messages) FILTER (WHERE tls <> 'Not recorded'), 0) AS BIGINT) AS recorded,
    cast(coalesce(sum(messages) FILTER (WHERE tls IN ('TLS 1.0', 'SSL')), 0) AS BIGINT) AS tls10,
    cast(coalesce(sum(messages) FILTER (WHERE tls = 'No TLS'), 0) AS BIGINT) AS no_tls,
    bool_or(is_estimate) AS is_estimate,
    max(quarter_utc) FILTER (WHERE tls IN ('TLS 1.0', 'SSL')) AS tls10_last_utc,
    max(quarter_utc) FILTER (WHERE tls = 'No TLS') AS no_tls_last_utc
FROM flow
WHERE quarter_utc >= since_utc AND quarter_utc < until_utc
GROUP BY direction, connector;

-- Where one kind of mail ('tls10', 'no_tls') of one direction is above a limit, at connectors of one type, of no known type ('connector') or
-- without one ('none').
CREATE OR REPLACE MACRO significant_share(of_kind, of_place, of_direction, since_utc, until_utc, limit_percent, min_recorded) AS TABLE
SELECT
    direction,
    connector,
    connector_type,
    messages,
    recorded,
    100.0 * messages / recorded AS percent,
    cast(limit_percent AS DOUBLE) AS limit_percent,
    is_estimate,
    CASE of_kind WHEN 'tls10' THEN tls10_last_utc ELSE no_tls_last_utc END AS last_utc,
    recorded < min_recorded AS too_few
FROM (SELECT *, CASE of_kind WHEN 'tls10' THEN tls10 ELSE no_tls END AS messages FROM connector_shares(since_utc, until_utc))
WHERE
    direction = of_direction
    AND of_place = CASE WHEN connector IS NULL THEN 'none' WHEN connector_type IS NULL THEN 'connector' ELSE lower(connector_type) END
    AND messages * 100.0 > limit_percent * recorded;
