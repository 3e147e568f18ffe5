-- title: Delete the connector matches
-- help: After settings were added or removed; load/connector_match_fill rebuilds them.
DELETE FROM trace.connector_match
