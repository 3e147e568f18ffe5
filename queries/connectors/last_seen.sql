-- title: The last time of mail with a version, to the second
-- help: The parameters are columns: a list each, with one value per numbered position; without a direction all mail is counted. The quarter hour comes from the rollup, the second from the messages.
-- params: since timestamp, until timestamp, number integers, quarter_utc timestamps, direction texts, connector texts, tls texts
-- result: LastSeen
WITH places AS (
    SELECT
        unnest($number) AS number,
        cast(unnest($quarter_utc) AS TIMESTAMP) AS quarter_utc,
        cast(unnest($direction) AS VARCHAR) AS direction,
        cast(unnest($connector) AS VARCHAR) AS connector,
        cast(unnest($tls) AS VARCHAR) AS tls
)

SELECT
    places.number,
    max(hop.time_utc) AS last_utc
FROM message AS hop
INNER JOIN places ON hop.tls = places.tls AND hop.time_utc >= places.quarter_utc AND hop.time_utc < places.quarter_utc + INTERVAL 15 MINUTE
WHERE
    hop.time_utc >= $since AND hop.time_utc < $until AND is_near(hop.stored_utc, $since, $until)
    AND hop.grain = 'message'
    AND CASE
        WHEN places.direction IS NULL THEN hop.in_flow
        ELSE hop.is_transferred AND hop.direction = places.direction AND hop.connector IS NOT DISTINCT FROM places.connector
    END
GROUP BY places.number
