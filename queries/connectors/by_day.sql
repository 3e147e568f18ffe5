-- title: TLS versions by connector and day
-- help: One row a day, connector and TLS version; shares are of messages whose TLS was recorded.
-- params: since timestamp, until timestamp, direction text, any_connector boolean, connector text, system text
-- result: ConnectorCell
SELECT
    day,
    direction,
    connector,
    connector_type,
    forced_tls,
    tls,
    cast(sum(messages) AS BIGINT) AS messages,
    cast(sum(recipients) AS BIGINT) AS recipients,
    bool_or(is_estimate) AS is_estimate
FROM flow
WHERE
    quarter_utc >= $since AND quarter_utc < $until
    AND ($direction IS NULL OR direction = $direction)
    AND ($any_connector OR connector IS NOT DISTINCT FROM $connector)
    AND ($system IS NULL OR system = $system)
GROUP BY ALL
ORDER BY day, direction, connector NULLS LAST, tls
