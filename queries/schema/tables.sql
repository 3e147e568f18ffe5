-- title: The trace file
-- help: The tables of a trace file. Run inside the file (USE trace). Columns that no format fills yet are included, because trace files outlive program versions.
CREATE TYPE TLS_VERSION AS ENUM(
    'No TLS', 'SSL', 'TLS 1.0', 'TLS 1.1', 'TLS 1.2', 'TLS 1.3', 'TLS (version unknown)', 'Not recorded'
);

CREATE TYPE DIRECTION AS ENUM('inbound', 'outbound', 'submission', 'internal', 'unknown');

CREATE TYPE DELIVERY_STATUS AS ENUM('accepted', 'delivered', 'rejected', 'deferred', 'bounced', 'incomplete');

CREATE TYPE CONNECTOR_TYPE AS ENUM('Partner', 'OnPremises');

-- The counted row of each hop, derived from its observations. A message with one observation contains that too: recorded_* have the observation's values
-- where inference changed them (recorded_direction with recorded_peer_domain). is_merged: several observations, which are in replaced_observation.
CREATE TABLE message (
    time_utc TIMESTAMP NOT NULL,
    direction DIRECTION NOT NULL,
    connector VARCHAR,
    connector_type CONNECTOR_TYPE,
    forced_tls BOOLEAN,
    tls TLS_VERSION NOT NULL,
    tls_raw VARCHAR,
    cipher VARCHAR,
    verified VARCHAR,
    status DELIVERY_STATUS NOT NULL,
    reply VARCHAR,
    system VARCHAR NOT NULL,
    server VARCHAR,
    service VARCHAR,
    peer_host VARCHAR,
    helo VARCHAR,
    peer_ip VARCHAR,
    peer_domain VARCHAR,
    sender VARCHAR,
    recipients VARCHAR[],
    subject VARCHAR,
    auth_user VARCHAR,
    certificate VARCHAR,
    security_policy VARCHAR,
    message_id VARCHAR,
    network_message_id VARCHAR,
    session_id VARCHAR,
    front_session_id VARCHAR,
    hop_key UBIGINT NOT NULL,
    size_bytes BIGINT,
    messages BIGINT NOT NULL,
    is_estimate BOOLEAN NOT NULL,
    grain VARCHAR NOT NULL,
    source_id INTEGER NOT NULL,
    line_no BIGINT,
    recorded_direction DIRECTION,
    recorded_peer_domain VARCHAR,
    recorded_status DELIVERY_STATUS,
    recorded_tls TLS_VERSION,
    is_merged BOOLEAN NOT NULL
);

-- Observations that another row of message represents, with the hop key of that row.
CREATE TABLE replaced_observation (
    time_utc TIMESTAMP NOT NULL,
    direction DIRECTION NOT NULL,
    connector VARCHAR,
    connector_type CONNECTOR_TYPE,
    forced_tls BOOLEAN,
    tls TLS_VERSION NOT NULL,
    tls_raw VARCHAR,
    cipher VARCHAR,
    verified VARCHAR,
    status DELIVERY_STATUS NOT NULL,
    reply VARCHAR,
    system VARCHAR NOT NULL,
    server VARCHAR,
    service VARCHAR,
    peer_host VARCHAR,
    helo VARCHAR,
    peer_ip VARCHAR,
    peer_domain VARCHAR,
    sender VARCHAR,
    recipients VARCHAR[],
    subject VARCHAR,
    auth_user VARCHAR,
    certificate VARCHAR,
    security_policy VARCHAR,
    message_id VARCHAR,
    network_message_id VARCHAR,
    session_id VARCHAR,
    front_session_id VARCHAR,
    hop_key UBIGINT NOT NULL,
    size_bytes BIGINT,
    messages BIGINT NOT NULL,
    is_estimate BOOLEAN NOT NULL,
    grain VARCHAR NOT NULL,
    source_id INTEGER NOT NULL,
    line_no BIGINT,
    message_hop_key UBIGINT NOT NULL
);

-- What each source recorded of each hop. Observations never change; they go with their source.
CREATE VIEW observation AS
SELECT * EXCLUDE (recorded_direction, recorded_peer_domain, recorded_status, recorded_tls, is_merged)
    REPLACE (
        coalesce(recorded_direction, direction) AS direction,
        CASE WHEN recorded_direction IS NULL THEN peer_domain ELSE recorded_peer_domain END AS peer_domain,
        coalesce(recorded_status, status) AS status,
        coalesce(recorded_tls, tls) AS tls
    )
FROM message
WHERE NOT is_merged
UNION ALL
SELECT * EXCLUDE (message_hop_key)
FROM replaced_observation;

CREATE TABLE connector (
    name VARCHAR NOT NULL,
    direction DIRECTION NOT NULL,
    connector_type CONNECTOR_TYPE,
    forced_tls BOOLEAN,
    domains VARCHAR[],
    addresses VARCHAR[],
    own_certificate VARCHAR,
    logs BOOLEAN,
    enabled BOOLEAN,
    changed_at_utc TIMESTAMP,
    source_id INTEGER NOT NULL,
    line_no BIGINT
);

CREATE TABLE own_domain (
    domain VARCHAR NOT NULL,
    source_id INTEGER NOT NULL,
    line_no BIGINT
);

-- Addresses of own servers: a log contains the address of the server that wrote it. Mail with these peers in other servers' logs is internal.
CREATE TABLE own_address (
    address VARCHAR NOT NULL,
    source_id INTEGER NOT NULL
);

CREATE TABLE source (
    source_id INTEGER NOT NULL,
    path VARCHAR NOT NULL,
    format VARCHAR NOT NULL,
    recognised_by VARCHAR,
    encoding VARCHAR,
    note VARCHAR,
    grain VARCHAR NOT NULL,
    sha256 VARCHAR NOT NULL,
    size_bytes BIGINT NOT NULL,
    modified_utc TIMESTAMP,
    row_count BIGINT NOT NULL,
    message_count BIGINT NOT NULL,
    other_count BIGINT NOT NULL,
    already_counted BIGINT NOT NULL,
    reject_count BIGINT NOT NULL,
    first_utc TIMESTAMP,
    last_utc TIMESTAMP,
    loaded_at_utc TIMESTAMP NOT NULL
);

-- Rules of formats, from the headers of their files, as resolution and questions need them. shows_clear_text and connectors_from_settings are
-- NULL if a format sets neither and its rows have their system: then other formats of that system decide.
CREATE TABLE source_format (
    format VARCHAR NOT NULL,
    system VARCHAR,
    tls_from VARCHAR,
    detail BIGINT,
    list_level BIGINT NOT NULL,
    pairs_by_session BOOLEAN NOT NULL,
    infers_clear_text BOOLEAN NOT NULL,
    decides_direction_by_domain BOOLEAN NOT NULL,
    finds_own_addresses BOOLEAN NOT NULL,
    earliest_receipt_counts BOOLEAN NOT NULL,
    recorded_receipt_first BOOLEAN NOT NULL,
    infers_from_deliveries BOOLEAN NOT NULL,
    shows_clear_text BOOLEAN,
    connectors_from_settings BOOLEAN,
    is_hosted_service BOOLEAN NOT NULL,
    row_limit VARCHAR
);

CREATE TABLE failed_session (
    time_utc TIMESTAMP NOT NULL,
    direction DIRECTION NOT NULL,
    connector VARCHAR,
    system VARCHAR NOT NULL,
    server VARCHAR,
    peer_host VARCHAR,
    helo VARCHAR,
    peer_ip VARCHAR,
    kind VARCHAR NOT NULL,
    error VARCHAR,
    session_id VARCHAR,
    hop_key UBIGINT NOT NULL,
    source_id INTEGER NOT NULL,
    line_no BIGINT,
    is_duplicate BOOLEAN NOT NULL
);

-- Reports of other organisations on their deliveries to own domains (TLS-RPT, RFC 8460): sessions, not messages. A row without result_type is a policy's
-- summary; with one, sessions of it that failed. Where the grain of the source is 'message', it is a system's report on its own mail in transit: there
-- both counts are of messages, and policy_domain is the recipients'.
CREATE TABLE tls_report (
    start_utc TIMESTAMP NOT NULL,
    end_utc TIMESTAMP NOT NULL,
    organization VARCHAR,
    contact VARCHAR,
    report_id VARCHAR,
    policy_type VARCHAR,
    policy_domain VARCHAR,
    mx_host VARCHAR,
    result_type VARCHAR,
    sending_ip VARCHAR,
    receiving_host VARCHAR,
    receiving_ip VARCHAR,
    reason VARCHAR,
    good_sessions BIGINT NOT NULL,
    failed_sessions BIGINT NOT NULL,
    source_id INTEGER NOT NULL,
    line_no BIGINT
);
