-- title: Identifiers that a list of messages shares with logs
-- help: Those of the rows of lists, and of the records that share one with them: a session that leads to another session does so by both of its identifiers.
CREATE OR REPLACE TEMP TABLE contended_link AS
WITH stored AS (
    SELECT
        system, network_message_id, message_id, session_id, front_session_id, hop_key, source_id,
        coalesce(recorded_direction, direction) AS direction
    FROM trace.message
    WHERE rowid IN (SELECT row_no FROM affected_message)
    UNION ALL BY NAME
    SELECT system, network_message_id, message_id, session_id, front_session_id, hop_key, source_id, direction
    FROM trace.replaced_observation
    WHERE rowid IN (SELECT row_no FROM affected_observation)
),

linked AS MATERIALIZED (
    SELECT * FROM new_link
    UNION ALL BY NAME
    SELECT
        stored.hop_key,
        unnest(link_keys(stored.system, stored.network_message_id, stored.message_id, stored.session_id, stored.front_session_id)) AS link,
        source_rule.list_level > 0 OR (source_rule.infers_from_deliveries AND stored.direction = 'internal') AS is_listed
    FROM stored
    INNER JOIN source_rule ON stored.source_id = source_rule.source_id
),

sharing AS (
    SELECT DISTINCT hop_key FROM linked
    WHERE link IN (SELECT of_list.link FROM linked AS of_list WHERE of_list.is_listed AND of_list.link IS NOT NULL)
)

SELECT DISTINCT linked.link
FROM linked
SEMI JOIN sharing ON linked.hop_key = sharing.hop_key
WHERE linked.link IS NOT NULL
