-- title: Mail with the connector that settings give to what logs none
-- help: As load/connector_match_fill found it, for formats that cannot record a connector. schema/no_connector_matches stands in where settings give none.
CREATE OR REPLACE VIEW matched_message AS
SELECT told.* EXCLUDE (shows_clear_text, connectors_from_settings) REPLACE (coalesce(told.connector, settled.connector) AS connector)
FROM message_with_ability AS told
LEFT JOIN trace.connector_match AS settled
    ON
        told.connectors_from_settings AND told.connector IS NULL AND told.direction = settled.direction
        AND told.peer_ip IS NOT DISTINCT FROM settled.peer_ip AND told.peer_domain IS NOT DISTINCT FROM settled.peer_domain;

CREATE OR REPLACE VIEW matched_peer_day AS
SELECT told.* EXCLUDE (connectors_from_settings) REPLACE (coalesce(told.connector, settled.connector) AS connector)
FROM trace.peer_day AS told
LEFT JOIN trace.connector_match AS settled
    ON
        told.connectors_from_settings AND told.connector IS NULL AND told.direction = settled.direction
        AND told.peer_ip IS NOT DISTINCT FROM settled.peer_ip AND told.peer_domain IS NOT DISTINCT FROM settled.peer_domain;
