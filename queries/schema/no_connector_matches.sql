-- title: Mail of a trace file whose settings give no connector to what logs none
-- help: What schema/connector_matches answers there, without looking for it: a connector can be asked of the file itself, and addresses need not be read.
CREATE OR REPLACE VIEW matched_message AS
SELECT * FROM trace.message;

CREATE OR REPLACE VIEW matched_peer_day AS
SELECT * EXCLUDE (connectors_from_settings) FROM trace.peer_day;
