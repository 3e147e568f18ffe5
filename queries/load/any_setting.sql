-- title: Whether settings of connectors are loaded
-- help: A row where they are.
SELECT 1 AS is_loaded FROM trace.connector
LIMIT 1
