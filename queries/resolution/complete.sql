-- title: Counted messages, completed from the lists that they supersede
-- help: Subject, sender, network message id and recipients that the log does not record are taken from the row of the list. is_merged: the message differs from its only observation in more than the recorded_* columns.
CREATE OR REPLACE TEMP TABLE final_message AS
WITH completing AS (
    SELECT
        supersession.final_no,
        listed.subject,
        listed.sender,
        listed.network_message_id,
        listed.recipients
    FROM supersession
    INNER JOIN resolved AS listed ON supersession.message_no = listed.message_no
    WHERE NOT listed.is_delivery_only
    QUALIFY
        row_number() OVER (PARTITION BY supersession.final_no ORDER BY supersession.confidence_rank, supersession.distance_ms, listed.message_no) = 1
),

completed AS (
    SELECT
        resolved.*,
        coalesce(resolved.subject, completing.subject) AS full_subject,
        coalesce(resolved.sender, completing.sender) AS full_sender,
        coalesce(resolved.network_message_id, completing.network_message_id) AS full_network_message_id,
        CASE
            WHEN len(resolved.recipients) > 0 OR completing.final_no IS NULL THEN resolved.recipients
            ELSE completing.recipients
        END AS full_recipients
    FROM resolved
    LEFT JOIN completing ON resolved.message_no = completing.final_no
    WHERE NOT resolved.is_no_hop AND resolved.message_no NOT IN (SELECT message_no FROM superseded)
),

flagged AS (
    SELECT
        *,
        record_count > 1
        OR (full_subject IS DISTINCT FROM subject)
        OR (full_sender IS DISTINCT FROM sender)
        OR (full_network_message_id IS DISTINCT FROM network_message_id)
        OR (full_recipients IS DISTINCT FROM recipients) AS is_merged
    FROM completed
)

SELECT
    * EXCLUDE (full_subject, full_sender, full_network_message_id, full_recipients) REPLACE (
        full_subject AS subject,
        full_sender AS sender,
        full_network_message_id AS network_message_id,
        full_recipients AS recipients,
        CASE WHEN NOT is_merged THEN recorded_direction END AS recorded_direction,
        CASE WHEN NOT is_merged THEN recorded_peer_domain END AS recorded_peer_domain,
        CASE WHEN NOT is_merged THEN recorded_status END AS recorded_status,
        CASE WHEN NOT is_merged THEN recorded_tls END AS recorded_tls
    )
FROM flagged
