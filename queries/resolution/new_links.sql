-- title: The identifiers that new observations share with records of other files
-- help: Only of systems of which a list is loaded. is_listed: the row may give way to a better record.
CREATE OR REPLACE TEMP TABLE new_link AS
SELECT
    seen.hop_key,
    unnest(link_keys(seen.system, seen.network_message_id, seen.message_id, seen.session_id, seen.front_session_id)) AS link,
    source_rule.list_level > 0 OR (source_rule.infers_from_deliveries AND seen.direction = 'internal') AS is_listed
FROM sound_observation AS seen
INNER JOIN source_rule ON seen.source_id = source_rule.source_id
