-- title: Stored observations of merged messages that share an identifier with what is to be resolved
-- help: Within the longest queue time of what changed. Only of systems of which a list is loaded.
-- params: since timestamp, until timestamp
INSERT INTO affected_observation
SELECT DISTINCT row_no
FROM (
    SELECT
        rowid AS row_no,
        unnest(link_keys(system, network_message_id, message_id, session_id, front_session_id)) AS link
    FROM trace.replaced_observation
    WHERE
        time_utc >= $since AND time_utc <= $until
        AND list_contains(getvariable('linked_systems'), system)
)
WHERE
    link IN (SELECT link FROM changed_link)
    AND row_no NOT IN (SELECT row_no FROM affected_observation)
