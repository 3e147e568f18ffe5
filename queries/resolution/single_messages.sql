-- title: Messages with one observation are written
-- help: As their source recorded them, with what is inferred. They need no pool.
INSERT INTO trace.message BY NAME
WITH single AS (  -- noqa: ST03
    SELECT * EXCLUDE (own_ip)
    FROM sound_observation
    WHERE hop_key NOT IN (SELECT hop_key FROM contended_hop)
)

SELECT
    *,
    FALSE AS is_merged
FROM inferred_messages('single')
