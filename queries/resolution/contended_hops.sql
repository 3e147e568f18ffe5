-- title: Hops with several observations
-- help: Among the new observations, or of a new and a stored one.
CREATE OR REPLACE TEMP TABLE contended_hop AS
SELECT hop_key
FROM new_key
GROUP BY hop_key
HAVING count(*) > 1 OR bool_or(is_denial)
UNION
SELECT hop_key FROM trace.message
WHERE rowid IN (SELECT row_no FROM affected_message)
UNION
SELECT hop_key FROM trace.replaced_observation
WHERE rowid IN (SELECT row_no FROM affected_observation)
