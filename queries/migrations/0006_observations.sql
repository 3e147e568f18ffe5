-- title: From version 5 to 6: messages are derived from observations
-- help: Run inside a copy of the file (USE trace). Each message becomes the observation of its source. Version 5 kept the records of lists that gave way (stepped_back); of other duplicates only that they were there (told_again), which unkept_duplicate keeps: their sources must be loaded again before the source of the message can be forgotten.
ALTER TABLE message ADD COLUMN recorded_direction DIRECTION;

ALTER TABLE message ADD COLUMN recorded_peer_domain VARCHAR;

ALTER TABLE message ADD COLUMN recorded_status HOP_STATUS;

ALTER TABLE message ADD COLUMN recorded_tls TLS_VERSION;

ALTER TABLE message ADD COLUMN is_merged BOOLEAN DEFAULT FALSE;

-- What was inferred from a missing TLS line is inferred again when the TLS lines of that service become known earlier or not at all.
UPDATE message SET recorded_tls = 'Not recorded'
WHERE tls_raw = 'no TLS line' AND tls <> 'Not recorded';

CREATE TABLE replaced_observation AS
SELECT
    * EXCLUDE (better_key),
    better_key AS message_hop_key
FROM stepped_back;

CREATE TABLE unkept_duplicate AS
SELECT DISTINCT * FROM told_again;

DROP TABLE stepped_back;

DROP TABLE told_again;

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

CREATE TABLE tls_evidence (
    source_id INTEGER NOT NULL,
    is_pending BOOLEAN NOT NULL,
    system VARCHAR NOT NULL,
    server VARCHAR,
    service VARCHAR,
    is_sent BOOLEAN NOT NULL,
    since_utc TIMESTAMP NOT NULL
);

INSERT INTO tls_evidence
SELECT
    message.source_id,
    pending.source_id IS NOT NULL AS is_pending,
    message.system,
    message.server,
    message.service,
    message.direction = 'outbound' AS is_sent,
    min(message.time_utc) AS since_utc
FROM message
INNER JOIN source ON message.source_id = source.source_id
LEFT JOIN (SELECT DISTINCT source_id, line_no FROM pending) AS pending
    ON message.source_id = pending.source_id AND message.line_no = pending.line_no
WHERE
    source.format IN (SELECT rule.format FROM format_rule AS rule WHERE rule.infers_clear_text)
    AND message.tls NOT IN ('No TLS', 'Not recorded')
GROUP BY ALL;

CREATE TABLE own_server (
    name VARCHAR NOT NULL
);

ALTER TABLE failed_session ADD COLUMN is_duplicate BOOLEAN DEFAULT FALSE;

ALTER TABLE source ADD COLUMN modified_utc TIMESTAMP;

UPDATE trace_file SET schema_version = 6;
