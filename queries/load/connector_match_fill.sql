-- title: The connector of mail whose log cannot record one
-- help: Only for formats that cannot record a connector: the longest address range of the settings wins, then the longest domain; * and disabled connectors never match; OnPremises connectors match by address only.
-- params: since timestamp, until timestamp
INSERT INTO trace.connector_match BY NAME
WITH peer AS (
    SELECT DISTINCT
        direction,
        peer_ip,
        peer_domain
    FROM message_with_ability
    WHERE connectors_from_settings AND connector IS NULL AND is_edge_direction(direction)
        AND time_utc >= $since AND time_utc < $until
        AND NOT EXISTS (
            FROM trace.connector_match AS stored
            WHERE
                stored.direction = message_with_ability.direction AND stored.peer_ip IS NOT DISTINCT FROM message_with_ability.peer_ip
                AND stored.peer_domain IS NOT DISTINCT FROM message_with_ability.peer_domain
        )
),

setting AS (
    SELECT * REPLACE (cast(direction AS trace.DIRECTION) AS direction) FROM connector_setting
    WHERE enabled
),

by_address AS (
    SELECT
        peer.direction,
        peer.peer_ip,
        peer.peer_domain,
        setting.name AS connector,
        1000 + range_bits(network) AS weight
    FROM peer
    INNER JOIN (SELECT name, direction, unnest(addresses) AS network FROM setting) AS setting
        ON peer.direction = setting.direction AND in_range(peer.peer_ip, setting.network)
),

by_domain AS (
    SELECT
        peer.direction,
        peer.peer_ip,
        peer.peer_domain,
        setting.name AS connector,
        len(domain) AS weight
    FROM peer
    INNER JOIN (SELECT name, direction, unnest(domains) AS domain FROM setting WHERE connector_type IS DISTINCT FROM 'OnPremises') AS setting
        ON
            peer.direction = setting.direction AND setting.domain <> '*'
            AND (
                peer.peer_domain = setting.domain
                OR (setting.domain LIKE '*.%' AND ends_with(peer.peer_domain, substr(setting.domain, 2)))
            )
)

SELECT
    direction,
    peer_ip,
    peer_domain,
    connector
FROM (
    SELECT * FROM by_address
    UNION ALL
    SELECT * FROM by_domain
)
QUALIFY row_number() OVER (PARTITION BY direction, peer_ip, peer_domain ORDER BY weight DESC, connector) = 1
