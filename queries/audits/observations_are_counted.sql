-- title: Each replaced observation has a message that counts for it
-- help: Returns observations without one, but for those that show that a hop was none (messages is 0).
SELECT
    replaced.hop_key,
    replaced.source_id,
    replaced.line_no
FROM trace.replaced_observation AS replaced
WHERE
    replaced.message_hop_key NOT IN (SELECT hop_key FROM trace.message)
    AND replaced.message_hop_key NOT IN (SELECT hop_key FROM trace.replaced_observation WHERE messages = 0)
