-- title: Macros of resolution
-- help: Limits and keys by which records of the same message are found.

-- The longest time in a queue: observations of one message that are further apart are two messages (RFC 5321, 4.5.4.1: give up after 4-5 days).
CREATE OR REPLACE MACRO longest_queue_time() AS INTERVAL 5 DAY;

-- Hashes of the identifiers that a list of messages and a log have in common; NULL for systems of which no list is loaded.
CREATE OR REPLACE MACRO link_keys(SYSTEM, NETWORK_MESSAGE_ID, MESSAGE_ID, SESSION_ID, FRONT_SESSION_ID) AS CASE
    WHEN list_contains(getvariable('linked_systems'), system)
        THEN [
            CASE WHEN network_message_id IS NOT NULL THEN hash('network', system, network_message_id) END,
            CASE WHEN message_id IS NOT NULL THEN hash('message', system, message_id) END,
            CASE WHEN session_id IS NOT NULL THEN hash('session', system, session_id) END,
            CASE WHEN front_session_id IS NOT NULL THEN hash('session', system, front_session_id) END
        ]
END;

-- What clear text is inferred for: one direction of one service of one server.
CREATE OR REPLACE MACRO service_key_of(SYSTEM, SERVER, SERVICE, IS_SENT) AS md5_number_lower(
    concat_ws('|', system, coalesce(server, ''), coalesce(service, ''), is_sent)
);
