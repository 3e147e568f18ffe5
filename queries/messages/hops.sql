-- title: All hops of a message
-- help: Every hop with the same message-id or network message id, over all sources, oldest first.
-- params: hop_key integer, stored_utc timestamp
-- result: HopLine
WITH selected AS (
    SELECT
        message_id,
        network_message_id
    FROM message
    WHERE hop_key = $hop_key AND stored_utc = $stored_utc
)

SELECT
    hop.hop_key,
    hop.stored_utc,
    hop.time_utc,
    hop.direction,
    hop.connector,
    hop.tls,
    hop.status,
    hop.system,
    hop.server,
    host_of(hop.peer_host, hop.helo, hop.peer_ip) AS peer,
    source.path
FROM message AS hop
INNER JOIN selected
    ON
        (hop.message_id = selected.message_id AND selected.message_id <> '')
        OR (hop.network_message_id = selected.network_message_id AND selected.network_message_id <> '')
INNER JOIN source ON hop.source_id = source.source_id
ORDER BY hop.time_utc, hop.source_id, hop.line_no, hop.hop_key
LIMIT 200
