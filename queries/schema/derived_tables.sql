-- title: The trace file: what follows from observations, pending rows, and what people note
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

-- Hops that these sources record too, loaded before version 6 of the schema, which did not keep what they record.
CREATE TABLE legacy_duplicate (
    hop_key UBIGINT NOT NULL,
    source_id INTEGER NOT NULL,
    line_no BIGINT
);

-- Rows of sessions that a later file may finish, as their format keeps them (JSON); first_utc is when their file begins.
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

-- What each peer used on each day (UTC): mail that crossed the hop, so that a peer's whole history is known without reading every message.
-- Of mail below TLS 1.2, which is asked about most and is the least, also the keys of its senders, each once a row, to count them by: addresses
-- stand in message alone.
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

-- What a person noted on a peer: asked, promised, fixed, or just noted. The newest of a peer counts.
CREATE TABLE note (
    facet VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    text VARCHAR NOT NULL,
    due DATE,
    made_at_utc TIMESTAMP NOT NULL
);

-- A finding that a person knows of, quiet until a day. The newest of a finding and connector counts.
CREATE TABLE acknowledged (
    finding VARCHAR NOT NULL,
    direction VARCHAR,
    connector VARCHAR,
    what VARCHAR,
    text VARCHAR NOT NULL,
    snoozed_until DATE NOT NULL,
    made_at_utc TIMESTAMP NOT NULL
);

-- Mail of systems that log no connector, once settings tell which one it was: longest address range, then longest domain.
CREATE TABLE connector_match (
    direction DIRECTION NOT NULL,
    peer_ip VARCHAR,
    peer_domain VARCHAR,
    connector VARCHAR NOT NULL
);

-- kept_from: messages before it were forgotten; the rollup still has their days.
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
