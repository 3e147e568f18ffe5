-- title: Mail with the connectors that settings assign
-- help: As load/connector_match_fill found it, for formats that cannot record a connector. schema/no_connector_matches replaces it if settings assign none.
CREATE OR REPLACE VIEW matched_message AS
SELECT hop.* EXCLUDE (shows_clear_text, connectors_from_settings) REPLACE (coalesce(hop.connector, matches.connector) AS connector)
FROM message_with_ability AS hop
LEFT JOIN trace.connector_match AS matches
    ON
        hop.connectors_from_settings AND hop.connector IS NULL AND hop.direction = matches.direction
        AND hop.peer_ip IS NOT DISTINCT FROM matches.peer_ip AND hop.peer_domain IS NOT DISTINCT FROM matches.peer_domain;

CREATE OR REPLACE VIEW matched_peer_day AS
SELECT hop.* EXCLUDE (connectors_from_settings) REPLACE (coalesce(hop.connector, matches.connector) AS connector)
FROM trace.peer_day AS hop
LEFT JOIN trace.connector_match AS matches
    ON
        hop.connectors_from_settings AND hop.connector IS NULL AND hop.direction = matches.direction
        AND hop.peer_ip IS NOT DISTINCT FROM matches.peer_ip AND hop.peer_domain IS NOT DISTINCT FROM matches.peer_domain;
