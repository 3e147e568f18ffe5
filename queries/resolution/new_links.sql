-- title: The identifiers that new observations share with records of other files
-- help: Only of systems of which a list is loaded. standing: 0 for a record of the hop itself; another value for a row of a list or of a delivery, which a record of another standing may supersede.
CREATE OR REPLACE TEMP TABLE new_link AS
SELECT
    seen.hop_key,
    unnest(link_keys(seen.system, seen.network_message_id, seen.message_id, seen.session_id, seen.front_session_id)) AS link,
    CASE WHEN source_rule.infers_from_deliveries AND seen.direction = 'internal' THEN -1 ELSE source_rule.list_level END AS standing
FROM sound_observation AS seen
INNER JOIN source_rule ON seen.source_id = source_rule.source_id
