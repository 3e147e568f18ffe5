-- title: Messages of a list with the messages of a log that may supersede them
-- help: A list of messages (a tracking log, a trace) records a message but not its session; it is superseded if a log of the session has the same hop. Returns a row for each pair; confidence_rank: 0 is the surest, 2 the least sure; is_one_to_one: a message of the log supersedes only one of the list. list_level is 0 for logs, 1 for lists, 2 for lists that other lists supersede; messages at or above $level are paired with messages below it.
-- params: level integer
CREATE OR REPLACE TEMP TABLE pair AS
WITH list_messages AS (
    SELECT * FROM resolved
    WHERE list_level >= $level AND NOT is_no_hop AND message_no NOT IN (SELECT message_no FROM superseded)
),

log_messages AS (
    SELECT
        *,
        is_transferred(status) AS is_transferred
    FROM resolved
    WHERE list_level < $level AND grain = 'message' AND NOT is_delivery_only AND NOT is_no_hop AND message_no NOT IN (SELECT message_no FROM superseded)
),

-- A delivery to a mailbox without a recorded hop is from another mailbox of the organisation, unless another file records the hop.
deliveries AS (
    SELECT
        delivery.message_no,
        log_messages.message_no AS superseding_no,
        0 AS confidence_rank,
        FALSE AS is_one_to_one,
        delivery.time_utc,
        log_messages.time_utc AS better_utc
    FROM resolved AS delivery
    INNER JOIN log_messages ON delivery.network_message_id = log_messages.network_message_id AND delivery.system = log_messages.system
    WHERE
        delivery.is_delivery_only AND log_messages.list_level = 0
        AND coalesce(log_messages.recorded_direction, log_messages.direction) <> 'internal'
        AND delivery.message_no NOT IN (SELECT message_no FROM superseded)
),

-- By network message id: many rows of a list may be of one hop.
same_network_id AS (
    SELECT
        list_messages.message_no,
        log_messages.message_no AS superseding_no,
        1 AS confidence_rank,
        FALSE AS is_one_to_one,
        list_messages.time_utc,
        log_messages.time_utc AS better_utc
    FROM list_messages
    INNER JOIN log_messages
        ON list_messages.network_message_id = log_messages.network_message_id AND list_messages.system = log_messages.system
        AND (list_messages.direction = 'outbound') = (log_messages.direction = 'outbound')
    WHERE list_messages.direction <> 'internal' AND log_messages.direction <> 'internal' AND NOT list_messages.pairs_by_session
),

-- By the session id in a tracking log. If the session log has no message id, because the reply did not contain one, the senders must be equal and
-- the message transferred.
same_session AS (
    SELECT
        list_messages.message_no,
        log_messages.message_no AS superseding_no,
        CASE WHEN list_messages.message_id = log_messages.message_id THEN 0 ELSE 2 END AS confidence_rank,
        TRUE AS is_one_to_one,
        list_messages.time_utc,
        log_messages.time_utc AS better_utc
    FROM list_messages
    INNER JOIN log_messages ON list_messages.session_id = log_messages.session_id
    WHERE
        list_messages.pairs_by_session AND list_messages.system = log_messages.system AND log_messages.front_session_id IS NULL
        AND coalesce(list_messages.message_id = log_messages.message_id, log_messages.is_transferred AND list_messages.sender = log_messages.sender)
        AND abs(date_diff('second', list_messages.time_utc, log_messages.time_utc)) <= 600
    UNION ALL
    SELECT
        list_messages.message_no,
        front.message_no AS superseding_no,
        CASE WHEN list_messages.message_id = front.message_id THEN 0 ELSE 2 END AS confidence_rank,
        TRUE AS is_one_to_one,
        list_messages.time_utc,
        front.time_utc AS better_utc
    FROM list_messages
    INNER JOIN log_messages AS hub ON list_messages.session_id = hub.session_id
    INNER JOIN log_messages AS front ON hub.front_session_id = front.session_id
    WHERE
        list_messages.pairs_by_session AND list_messages.system = hub.system AND list_messages.system = front.system AND front.direction <> 'internal'
        AND coalesce(list_messages.message_id = hub.message_id, list_messages.sender = hub.sender)
        AND coalesce(list_messages.message_id = front.message_id, front.is_transferred AND list_messages.sender = front.sender)
        AND abs(date_diff('second', list_messages.time_utc, front.time_utc)) <= 600
),

-- By id, direction and peer. A delivery to another own server is internal if the log of that session shows it.
same_message_id AS (
    SELECT
        list_messages.message_no,
        log_messages.message_no AS superseding_no,
        1 AS confidence_rank,
        list_messages.pairs_by_session AS is_one_to_one,
        list_messages.time_utc,
        log_messages.time_utc AS better_utc
    FROM list_messages
    INNER JOIN log_messages ON list_messages.message_id = log_messages.message_id AND list_messages.system = log_messages.system
    WHERE
        abs(date_diff('second', list_messages.time_utc, log_messages.time_utc)) <= 600
        AND CASE
            WHEN list_messages.direction = 'internal' THEN log_messages.direction <> 'internal' AND list_messages.peer_ip = log_messages.peer_ip
            WHEN log_messages.direction = 'internal'
                THEN list_messages.pairs_by_session AND list_messages.direction = 'outbound' AND list_messages.peer_ip = log_messages.peer_ip
            WHEN (list_messages.direction = 'outbound') = (log_messages.direction = 'outbound')
                THEN list_messages.peer_ip IS NULL OR log_messages.peer_ip IS NULL OR list_messages.peer_ip = log_messages.peer_ip
        END
)

SELECT
    message_no,
    superseding_no,
    min(confidence_rank) AS confidence_rank,
    bool_or(is_one_to_one) AS is_one_to_one,
    min(abs(epoch_ms(time_utc) - epoch_ms(better_utc))) AS distance_ms
FROM (
    SELECT * FROM deliveries
    UNION ALL
    SELECT * FROM same_network_id
    UNION ALL
    SELECT * FROM same_session
    UNION ALL
    SELECT * FROM same_message_id
)
WHERE time_utc BETWEEN better_utc - longest_queue_time() AND better_utc + longest_queue_time()
GROUP BY message_no, superseding_no
