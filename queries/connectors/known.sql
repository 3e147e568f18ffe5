-- title: Connectors that mail came through
-- help: Over the whole file, for Show data for.
-- result: ConnectorName
SELECT
    cast(raw_direction AS VARCHAR) AS direction,
    connector,
    any_value(connector_type) AS connector_type,
    cast(sum(messages) AS BIGINT) AS messages
FROM flow
GROUP BY raw_direction, connector
ORDER BY direction, connector NULLS LAST
