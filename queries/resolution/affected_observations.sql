-- title: Stored observations of merged messages of hops that are to be resolved
-- help: Within the longest queue time of what changed.
-- params: since timestamp, until timestamp
INSERT INTO affected_observation
SELECT rowid AS row_no
FROM trace.replaced_observation
WHERE
    time_utc >= $since AND time_utc <= $until
    AND (hop_key IN (SELECT hop_key FROM changed_hop) OR message_hop_key IN (SELECT hop_key FROM changed_hop))
    AND rowid NOT IN (SELECT row_no FROM affected_observation)
