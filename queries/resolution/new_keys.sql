-- title: The hops and times of new observations
-- help: Columns that are queried repeatedly.
CREATE OR REPLACE TEMP TABLE new_key AS
SELECT
    hop_key,
    time_utc,
    source_id,
    messages = 0 AND grain = 'message' AS is_denial
FROM sound_observation
