-- title: Stored messages of hops that are to be resolved
-- help: Within the longest queue time of what changed.
-- params: since timestamp, until timestamp
INSERT INTO affected_message
SELECT rowid AS row_no
FROM trace.message
WHERE
    time_utc >= $since AND time_utc <= $until
    AND hop_key IN (SELECT hop_key FROM changed_hop)
    AND rowid NOT IN (SELECT row_no FROM affected_message)
