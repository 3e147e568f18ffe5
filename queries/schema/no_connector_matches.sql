-- title: Mail of a trace file whose settings assign no connectors
-- help: The same views as schema/connector_matches without the join: connectors come from the file itself, and addresses need not be read.
CREATE OR REPLACE VIEW matched_message AS
SELECT * FROM trace.message;

CREATE OR REPLACE VIEW matched_peer_day AS
SELECT * EXCLUDE (connectors_from_settings) FROM trace.peer_day;
