-- title: Whether settings give a connector to mail that logs none
-- help: One row if they do. Then schema/settled is used, else schema/unsettled.
SELECT 1
FROM trace.connector_match
LIMIT 1
