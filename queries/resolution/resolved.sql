-- title: The messages of the pool, numbered
-- help: The number is derived from the content of the messages, so that it does not depend on the order of loading.
CREATE OR REPLACE TEMP TABLE resolved AS
SELECT
    inferred.* EXCLUDE (cluster_no),
    cluster_no,
    row_number() OVER (ORDER BY inferred.hop_key, cluster_no) AS message_no,
    source_rule.list_level,
    source_rule.pairs_by_session,
    source_rule.infers_from_deliveries AND coalesce(inferred.recorded_direction, inferred.direction) = 'internal' AS is_delivery_only
FROM inferred_messages('merged') AS inferred
INNER JOIN source_rule ON inferred.source_id = source_rule.source_id
