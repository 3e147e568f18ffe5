-- title: Whether settings give a connector to mail that logs none
-- help: One row if they do. Then schema/connector_matches is used, else schema/no_connector_matches.
SELECT 1
FROM trace.connector_match
LIMIT 1
