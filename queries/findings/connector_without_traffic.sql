-- title: Connector without traffic
-- help: An enabled connector of the settings through which no message came in the window, though the files cover its direction. A connector that does not log is left out.
-- severity: information
-- advice: Nobody uses it, or its mail takes another way: look whether it is still wanted, else turn it off.
-- params: since timestamp, until timestamp
-- result: FindingRow
-- Settings say nothing about mail of another system, but where its files cannot record a connector or name their system row by row.
WITH covered AS (
    SELECT
        flow.direction,
        source.source_id,
        cast(sum(flow.messages) AS BIGINT) AS messages
    FROM flow
    INNER JOIN (
        SELECT
            source.source_id,
            rule.system
        FROM source
        INNER JOIN trace.source_format AS rule ON source.format = rule.format
    ) AS source
        ON
            flow.system = source.system
            OR flow.system IN (SELECT rule.system FROM trace.source_format AS rule WHERE rule.connectors_from_settings)
            OR flow.system NOT IN (SELECT rule.system FROM trace.source_format AS rule WHERE rule.system IS NOT NULL)
    WHERE flow.quarter_utc >= $since AND flow.quarter_utc < $until AND source.source_id IN (SELECT connector_setting.source_id FROM connector_setting)
    GROUP BY flow.direction, source.source_id
)

SELECT
    setting.direction,
    setting.name AS connector,
    setting.connector_type,
    covered.messages AS recorded,
    used.last_utc,
    'none of ' || counted(covered.messages, setting.direction || ' message', FALSE) AS evidence
FROM connector_setting AS setting
INNER JOIN covered ON setting.direction = covered.direction AND setting.source_id = covered.source_id
LEFT JOIN last_uses($until) AS used ON setting.direction = used.direction AND lower(setting.name) = used.name
WHERE
    setting.enabled IS DISTINCT FROM FALSE
    AND setting.logs IS DISTINCT FROM FALSE
    AND (used.last_utc IS NULL OR used.last_utc < $since)
ORDER BY setting.direction, setting.name
