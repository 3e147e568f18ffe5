-- title: Observations that a message of several replaces
-- help: With the hop key of that message, so that they are resolved together again.
INSERT INTO trace.replaced_observation BY NAME
SELECT
    pool.* EXCLUDE (cluster_no, record_count, is_no_hop),
    coalesce(final_message.hop_key, pool.hop_key) AS message_hop_key
FROM pool
INNER JOIN resolved ON pool.hop_key = resolved.hop_key AND pool.cluster_no = resolved.cluster_no
LEFT JOIN supersession ON resolved.message_no = supersession.message_no
LEFT JOIN final_message ON coalesce(supersession.final_no, resolved.message_no) = final_message.message_no
WHERE resolved.is_no_hop OR final_message.is_merged OR supersession.message_no IS NOT NULL
