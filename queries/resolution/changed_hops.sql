-- title: Hops that are to be resolved
-- params: with_new boolean
-- help: Of new observations, and of stored ones that are affected; a merged message and its observations go together.
INSERT INTO changed_hop
SELECT hop_key
FROM (
    SELECT hop_key FROM new_key
    WHERE $with_new
    UNION
    SELECT hop_key FROM trace.message
    WHERE rowid IN (SELECT row_no FROM affected_message)
    UNION
    SELECT unnest([hop_key, message_hop_key]) AS hop_key FROM trace.replaced_observation
    WHERE rowid IN (SELECT row_no FROM affected_observation)
)
WHERE hop_key NOT IN (SELECT hop_key FROM changed_hop)
