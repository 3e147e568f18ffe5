-- title: From version 7 of the schema to 8
-- help: Delivery statuses are named as RFC 5321 and the logs name them: delivered, rejected and incomplete. Two columns and a table have new names.
DROP VIEW observation;

CREATE TYPE DELIVERY_STATUS AS ENUM('accepted', 'delivered', 'rejected', 'deferred', 'bounced', 'incomplete');

CREATE MACRO renamed_status(status) AS CASE cast(status AS VARCHAR)
    WHEN 'handed over' THEN 'delivered'
    WHEN 'refused' THEN 'rejected'
    WHEN 'unfinished' THEN 'incomplete'
    ELSE cast(status AS VARCHAR)
END;

ALTER TABLE message ALTER COLUMN status SET DATA TYPE DELIVERY_STATUS USING renamed_status(status);

ALTER TABLE message ALTER COLUMN recorded_status SET DATA TYPE DELIVERY_STATUS USING renamed_status(recorded_status);

ALTER TABLE replaced_observation ALTER COLUMN status SET DATA TYPE DELIVERY_STATUS USING renamed_status(status);

ALTER TABLE flow_quarter ALTER COLUMN status SET DATA TYPE DELIVERY_STATUS USING renamed_status(status);

DROP MACRO renamed_status;

DROP TYPE HOP_STATUS;

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

ALTER TABLE acknowledged RENAME COLUMN quiet_until TO snoozed_until;

ALTER TABLE pending RENAME COLUMN kept TO row_json;

ALTER TABLE unkept_duplicate RENAME TO legacy_duplicate;

UPDATE tls_report SET result_type = 'not recorded' WHERE result_type = 'not said';

UPDATE trace_file SET schema_version = 8;
