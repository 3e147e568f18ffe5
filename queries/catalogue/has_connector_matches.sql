-- title: Whether settings assign connectors to mail that records none
-- help: One row if they do. Then schema/connector_matches is used, else schema/no_connector_matches.
SELECT 1
FROM trace.connector_match
LIMIT 1
