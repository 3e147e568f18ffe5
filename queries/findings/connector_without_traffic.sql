-- title: Connector without traffic
-- help: An enabled connector in the settings that no message used in the window, although the files contain mail in its direction. Connectors that do not log are excluded.
-- severity: information
-- advice: It is unused, or its mail takes another route: check whether it is still needed, or disable it.
-- params: since timestamp, until timestamp
-- result: FindingRow
-- Settings apply only to mail of their system, except for files that cannot record a connector or have the system in each row.
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
