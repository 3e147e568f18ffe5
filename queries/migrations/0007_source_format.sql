-- title: From version 6 of the schema to 7
-- help: The rules of formats are in the trace file; rollups are made again by them: daily totals that messages replace are kept in them too.
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

INSERT INTO source_format BY NAME
SELECT * FROM format_rule;

-- Of forgotten days only the system is known: where one of its formats does not show clear text, none of them is taken to show it.
ALTER TABLE flow_quarter ADD COLUMN shows_clear_text BOOLEAN DEFAULT TRUE;

UPDATE flow_quarter SET shows_clear_text = FALSE
WHERE grain = 'message' AND system IN (SELECT rule.system FROM format_rule AS rule WHERE NOT rule.shows_clear_text);

ALTER TABLE peer_day ADD COLUMN connectors_from_settings BOOLEAN DEFAULT FALSE;

UPDATE peer_day SET connectors_from_settings = TRUE
WHERE system IN (SELECT rule.system FROM format_rule AS rule WHERE rule.connectors_from_settings);

DELETE FROM flow_quarter
WHERE quarter_utc >= coalesce((SELECT max(trace_file.kept_from) FROM trace_file), TIMESTAMP '0001-01-01');

INSERT INTO flow_quarter BY NAME
SELECT
    time_bucket(INTERVAL 15 MINUTE, hop.time_utc) AS quarter_utc,
    hop.direction,
    coalesce(hop.connector, settled.connector) AS connector,
    hop.connector_type,
    hop.forced_tls,
    hop.tls,
    hop.status,
    hop.system,
    hop.grain,
    hop.is_estimate,
    coalesce(rule.shows_clear_text, of_system.shows_clear_text, TRUE) AS shows_clear_text,
    cast(sum(hop.messages) AS BIGINT) AS messages,
    cast(sum(hop.messages * greatest(1, len(hop.recipients))) AS BIGINT) AS recipients,
    cast(sum(hop.size_bytes) AS BIGINT) AS size_bytes
FROM message AS hop
INNER JOIN source ON hop.source_id = source.source_id
LEFT JOIN source_format AS rule ON source.format = rule.format
LEFT JOIN (
    SELECT
        system,
        bool_and(shows_clear_text) AS shows_clear_text,
        bool_or(connectors_from_settings) AS connectors_from_settings
    FROM source_format
    GROUP BY system
) AS of_system ON hop.system = of_system.system
LEFT JOIN connector_match AS settled
    ON
        coalesce(rule.connectors_from_settings, of_system.connectors_from_settings, FALSE) AND hop.connector IS NULL AND hop.direction = settled.direction
        AND hop.peer_ip IS NOT DISTINCT FROM settled.peer_ip AND hop.peer_domain IS NOT DISTINCT FROM settled.peer_domain
WHERE hop.time_utc >= coalesce((SELECT max(trace_file.kept_from) FROM trace_file), TIMESTAMP '0001-01-01')
GROUP BY ALL
ORDER BY quarter_utc;

UPDATE source SET grain = 'session'
WHERE source_id IN (SELECT tls_report.source_id FROM tls_report WHERE tls_report.report_id IS NOT NULL);

UPDATE trace_file SET schema_version = 7;
