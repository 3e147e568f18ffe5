-- title: The columns that a format may return for messages
-- help: No rows. What a format leaves out is NULL.
CREATE OR REPLACE TEMP TABLE observation_shape AS
SELECT
    *,
    cast(NULL AS VARCHAR) AS own_ip,
    cast(NULL AS VARCHAR) AS problem
FROM trace.observation
LIMIT 0
