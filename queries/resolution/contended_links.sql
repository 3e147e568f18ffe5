-- title: Identifiers that a list of messages shares with logs, or with a better list
-- help: Those of the rows that share one with rows of another standing: a session that leads to another session does so by both of its identifiers.
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
        CASE WHEN source_rule.infers_from_deliveries AND stored.direction = 'internal' THEN -1 ELSE source_rule.list_level END AS standing
    FROM stored
    INNER JOIN source_rule ON stored.source_id = source_rule.source_id
),

shared AS (
    SELECT link FROM linked
    WHERE link IS NOT NULL
    GROUP BY link
    HAVING min(standing) <> max(standing)
),

sharing AS (
    SELECT DISTINCT hop_key FROM linked
    WHERE link IN (SELECT link FROM shared)
)

SELECT DISTINCT linked.link
FROM linked
SEMI JOIN sharing ON linked.hop_key = sharing.hop_key
WHERE linked.link IS NOT NULL
