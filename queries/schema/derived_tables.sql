-- title: The trace file: rollups, pending rows, and notes
-- help: Run inside the file (USE trace), after schema/tables.
-- Since when a source shows TLS lines of a service: before, a missing line proves nothing. is_pending: by rows that are read again with the next file.
CREATE TABLE tls_evidence (
    source_id INTEGER NOT NULL,
    is_pending BOOLEAN NOT NULL,
    system VARCHAR NOT NULL,
    server VARCHAR,
    service VARCHAR,
    is_sent BOOLEAN NOT NULL,
    since_utc TIMESTAMP NOT NULL
);

-- Hosts and addresses that the configuration of the last load calls own servers.
CREATE TABLE own_server (
    name VARCHAR NOT NULL
);

-- Hops that these sources record too, loaded before version 6 of the schema, which did not store their observations.
CREATE TABLE legacy_duplicate (
    hop_key UBIGINT NOT NULL,
    source_id INTEGER NOT NULL,
    line_no BIGINT
);

-- Rows of sessions that a later file may complete, as their format extracts them (JSON); first_utc is the start of their file.
CREATE TABLE pending (
    format VARCHAR NOT NULL,
    source_id INTEGER NOT NULL,
    line_no BIGINT,
    first_utc TIMESTAMP,
    row_json VARCHAR NOT NULL
);

CREATE TABLE flow_quarter (
    quarter_utc TIMESTAMP NOT NULL,
    direction DIRECTION NOT NULL,
    connector VARCHAR,
    connector_type CONNECTOR_TYPE,
    forced_tls BOOLEAN,
    tls TLS_VERSION NOT NULL,
    status DELIVERY_STATUS NOT NULL,
    system VARCHAR NOT NULL,
    grain VARCHAR NOT NULL,
    is_estimate BOOLEAN NOT NULL,
    shows_clear_text BOOLEAN NOT NULL,
    messages BIGINT NOT NULL,
    recipients BIGINT NOT NULL,
    size_bytes BIGINT
);

-- The TLS versions of each peer on each day (UTC): transferred mail, so that a peer's history needs no read of every message. For mail below TLS 1.2,
-- which is queried most and is the smallest part, also the keys of its senders, each once per row, to count them; their addresses are only in
-- message.
CREATE TABLE peer_day (
    day DATE NOT NULL,
    direction DIRECTION NOT NULL,
    connector VARCHAR,
    forced_tls BOOLEAN,
    tls TLS_VERSION NOT NULL,
    system VARCHAR NOT NULL,
    peer_host VARCHAR,
    helo VARCHAR,
    peer_ip VARCHAR,
    peer_domain VARCHAR,
    connectors_from_settings BOOLEAN NOT NULL,
    messages BIGINT NOT NULL,
    first_utc TIMESTAMP NOT NULL,
    last_utc TIMESTAMP NOT NULL,
    sender_keys UBIGINT[]
);

-- The notes of users on peers: asked, promised, fixed, or a plain note. The newest of a peer is used.
CREATE TABLE note (
    facet VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    text VARCHAR NOT NULL,
    due DATE,
    made_at_utc TIMESTAMP NOT NULL
);

-- Acknowledged findings, snoozed until a day. The newest of a finding and connector is used.
CREATE TABLE acknowledged (
    finding VARCHAR NOT NULL,
    direction VARCHAR,
    connector VARCHAR,
    what VARCHAR,
    text VARCHAR NOT NULL,
    snoozed_until DATE NOT NULL,
    made_at_utc TIMESTAMP NOT NULL
);

-- The connector that settings assign to mail of systems that log none: longest address range, then longest domain.
CREATE TABLE connector_match (
    direction DIRECTION NOT NULL,
    peer_ip VARCHAR,
    peer_domain VARCHAR,
    connector VARCHAR NOT NULL
);

-- kept_from: messages before it were deleted by retention; the rollup still has their days.
CREATE TABLE trace_file (
    schema_version INTEGER NOT NULL,
    made_by VARCHAR NOT NULL,
    made_at_utc TIMESTAMP NOT NULL,
    kept_from TIMESTAMP
);

CREATE TABLE reject (
    source_id INTEGER NOT NULL,
    line_no BIGINT,
    reason VARCHAR NOT NULL,
    text VARCHAR
);
