-- title: TLS versions by connector and time
-- help: One row per hour, day or week of the display zone, connector and TLS version; shares are of messages whose TLS was recorded.
-- params: grain text, since timestamp, until timestamp, direction text, any_connector boolean, connector text, system text
-- result: ConnectorCell
SELECT
    date_trunc($grain, quarter_local) AS at_local,
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
ORDER BY at_local, direction, connector NULLS LAST, tls
