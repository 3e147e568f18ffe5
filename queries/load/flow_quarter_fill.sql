-- title: The rollup of quarter hours
-- help: Daily totals of a day, direction and connector that has messages of its own are kept but not counted. In the order of time, so that a window is found without reading the rest.
-- params: since timestamp, until timestamp
INSERT INTO trace.flow_quarter BY NAME
WITH hop AS (
    SELECT
        told.*,
        coalesce(told.connector, settled.connector) AS settled_connector
    FROM trace.message AS told
    LEFT JOIN trace.connector_match AS settled
        ON
            told.connector IS NULL AND told.direction = settled.direction
            AND told.peer_ip IS NOT DISTINCT FROM settled.peer_ip AND told.peer_domain IS NOT DISTINCT FROM settled.peer_domain
    WHERE told.time_utc >= $since AND told.time_utc < $until
),

known_by_message AS (
    SELECT DISTINCT
        cast(time_utc AS DATE) AS day,
        direction,
        settled_connector
    FROM hop
    WHERE grain = 'message' AND crosses_edge(direction) AND is_transferred(status)
)

SELECT
    time_bucket(INTERVAL 15 MINUTE, hop.time_utc) AS quarter_utc,
    hop.direction,
    hop.settled_connector AS connector,
    hop.connector_type,
    hop.forced_tls,
    hop.tls,
    hop.status,
    hop.system,
    hop.grain,
    hop.is_estimate,
    cast(sum(hop.messages) AS BIGINT) AS messages,
    cast(sum(hop.messages * greatest(1, len(hop.recipients))) AS BIGINT) AS recipients,
    cast(sum(hop.size_bytes) AS BIGINT) AS size_bytes
FROM hop
LEFT JOIN known_by_message
    ON
        hop.grain = 'day' AND cast(hop.time_utc AS DATE) = known_by_message.day AND hop.direction = known_by_message.direction
        AND hop.settled_connector IS NOT DISTINCT FROM known_by_message.settled_connector
WHERE known_by_message.day IS NULL
GROUP BY ALL
ORDER BY 1
