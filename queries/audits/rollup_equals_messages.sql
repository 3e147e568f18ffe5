-- title: The rollup equals the messages
-- help: Returns each direction and TLS version in which the quarter hours differ from the messages that count.
WITH counted AS (
    SELECT
        direction,
        tls,
        cast(sum(messages) AS BIGINT) AS messages
    FROM message
    WHERE is_edge_direction(direction) AND is_transferred(status) AND grain = 'message'
    GROUP BY direction, tls
),

rolled AS (
    SELECT
        direction,
        tls,
        cast(sum(messages) AS BIGINT) AS messages
    FROM flow
    WHERE grain = 'message'
    GROUP BY direction, tls
)

SELECT
    coalesce(counted.direction, rolled.direction) AS direction,
    coalesce(counted.tls, rolled.tls) AS tls,
    counted.messages AS by_message,
    rolled.messages AS by_quarter
FROM counted
FULL JOIN rolled ON counted.direction = rolled.direction AND counted.tls = rolled.tls
WHERE counted.messages IS DISTINCT FROM rolled.messages
