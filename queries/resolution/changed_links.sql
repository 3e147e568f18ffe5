-- title: Identifiers of messages that are to be resolved
-- help: Only of systems of which a list is loaded: there an identifier pairs a row of the list with the hop that a log recorded.
-- params: with_new boolean
INSERT INTO changed_link
SELECT link
FROM (
    SELECT link FROM new_link
    WHERE $with_new
    UNION
    SELECT unnest(link_keys(system, network_message_id, message_id, session_id, front_session_id)) AS link FROM trace.message
    WHERE rowid IN (SELECT row_no FROM affected_message)
    UNION
    SELECT unnest(link_keys(system, network_message_id, message_id, session_id, front_session_id)) AS link FROM trace.replaced_observation
    WHERE rowid IN (SELECT row_no FROM affected_observation)
)
WHERE link IS NOT NULL AND link NOT IN (SELECT link FROM changed_link)
