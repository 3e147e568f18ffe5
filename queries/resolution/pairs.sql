-- title: Messages that another file records better
-- help: A list of messages (a tracking log, a trace) records a message but not its session; it is superseded if a log of the session has the same hop. Pairs, the surest first (0, 1, 2); is_one_to_one: a message of the log supersedes one of the list only.
-- params: level integer
CREATE OR REPLACE TEMP TABLE pair AS
WITH listed AS (
    SELECT * FROM resolved
    WHERE list_level >= $level AND NOT is_denied AND message_no NOT IN (SELECT message_no FROM superseded)
),

logged AS (
    SELECT
        *,
        is_transferred(status) AS is_transferred
    FROM resolved
    WHERE list_level < $level AND grain = 'message' AND NOT is_delivery_only AND NOT is_denied AND message_no NOT IN (SELECT message_no FROM superseded)
),

-- A delivery to a mailbox without a recorded hop is from another mailbox of the organisation, unless another file records the hop.
deliveries AS (
    SELECT
        delivery.message_no,
        logged.message_no AS better_no,
        0 AS sureness,
        FALSE AS is_one_to_one,
        delivery.time_utc,
        logged.time_utc AS better_utc
    FROM resolved AS delivery
    INNER JOIN logged ON delivery.network_message_id = logged.network_message_id AND delivery.system = logged.system
    WHERE
        delivery.is_delivery_only AND logged.list_level = 0
        AND coalesce(logged.recorded_direction, logged.direction) <> 'internal'
        AND delivery.message_no NOT IN (SELECT message_no FROM superseded)
),

-- By network message id: many rows of a list may be of one hop.
same_network_id AS (
    SELECT
        listed.message_no,
        logged.message_no AS better_no,
        1 AS sureness,
        FALSE AS is_one_to_one,
        listed.time_utc,
        logged.time_utc AS better_utc
    FROM listed
    INNER JOIN logged
        ON listed.network_message_id = logged.network_message_id AND listed.system = logged.system
        AND (listed.direction = 'outbound') = (logged.direction = 'outbound')
    WHERE listed.direction <> 'internal' AND logged.direction <> 'internal' AND NOT listed.pairs_by_session
),

-- By the session id in a tracking log. A hop whose id no reply contains is that of the same sender, if it was transferred.
same_session AS (
    SELECT
        listed.message_no,
        logged.message_no AS better_no,
        CASE WHEN listed.message_id = logged.message_id THEN 0 ELSE 2 END AS sureness,
        TRUE AS is_one_to_one,
        listed.time_utc,
        logged.time_utc AS better_utc
    FROM listed
    INNER JOIN logged ON listed.session_id = logged.session_id
    WHERE
        listed.pairs_by_session AND listed.system = logged.system AND logged.front_session_id IS NULL
        AND coalesce(listed.message_id = logged.message_id, logged.is_transferred AND listed.sender = logged.sender)
        AND abs(date_diff('second', listed.time_utc, logged.time_utc)) <= 600
    UNION ALL
    SELECT
        listed.message_no,
        front.message_no AS better_no,
        CASE WHEN listed.message_id = front.message_id THEN 0 ELSE 2 END AS sureness,
        TRUE AS is_one_to_one,
        listed.time_utc,
        front.time_utc AS better_utc
    FROM listed
    INNER JOIN logged AS hub ON listed.session_id = hub.session_id
    INNER JOIN logged AS front ON hub.front_session_id = front.session_id
    WHERE
        listed.pairs_by_session AND listed.system = hub.system AND listed.system = front.system AND front.direction <> 'internal'
        AND coalesce(listed.message_id = hub.message_id, listed.sender = hub.sender)
        AND coalesce(listed.message_id = front.message_id, front.is_transferred AND listed.sender = front.sender)
        AND abs(date_diff('second', listed.time_utc, front.time_utc)) <= 600
),

-- By id, direction and peer. A delivery to another own server is internal if the log of that session shows it.
same_message_id AS (
    SELECT
        listed.message_no,
        logged.message_no AS better_no,
        1 AS sureness,
        listed.pairs_by_session AS is_one_to_one,
        listed.time_utc,
        logged.time_utc AS better_utc
    FROM listed
    INNER JOIN logged ON listed.message_id = logged.message_id AND listed.system = logged.system
    WHERE
        abs(date_diff('second', listed.time_utc, logged.time_utc)) <= 600
        AND CASE
            WHEN listed.direction = 'internal' THEN logged.direction <> 'internal' AND listed.peer_ip = logged.peer_ip
            WHEN logged.direction = 'internal'
                THEN listed.pairs_by_session AND listed.direction = 'outbound' AND listed.peer_ip = logged.peer_ip
            WHEN (listed.direction = 'outbound') = (logged.direction = 'outbound')
                THEN listed.peer_ip IS NULL OR logged.peer_ip IS NULL OR listed.peer_ip = logged.peer_ip
        END
)

SELECT
    message_no,
    better_no,
    min(sureness) AS sureness,
    bool_or(is_one_to_one) AS is_one_to_one,
    min(abs(epoch_ms(time_utc) - epoch_ms(better_utc))) AS apart_ms
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
GROUP BY message_no, better_no
