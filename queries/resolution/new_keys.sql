-- title: The hops and times of new observations
-- help: What is asked of them again and again.
CREATE OR REPLACE TEMP TABLE new_key AS
SELECT
    hop_key,
    time_utc,
    source_id,
    messages = 0 AND grain = 'message' AS is_denial
FROM sound_observation
