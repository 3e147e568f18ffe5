-- title: Settings of a connector changed in this window
-- help: The connector's settings changed in the window, so the figures before and after may not be comparable.
-- severity: information
-- advice: Compare the days before and after the change separately.
-- params: since timestamp, until timestamp
-- result: FindingRow
WITH changed AS (
    SELECT
        lower(name) AS name,
        cast(direction AS VARCHAR) AS direction,
        count(DISTINCT changed_at_utc) AS changes,
        max(changed_at_utc) AS last_utc
    FROM trace.connector
    WHERE changed_at_utc >= $since AND changed_at_utc < $until
    GROUP BY ALL
),

mail AS (
    SELECT
        direction,
        lower(connector) AS name,
        cast(sum(messages) AS BIGINT) AS messages,
        bool_or(is_estimate) AS is_estimate
    FROM flow
    WHERE quarter_utc >= $since AND quarter_utc < $until
    GROUP BY ALL
)

SELECT
    setting.direction,
    setting.name AS connector,
    setting.connector_type,
    coalesce(mail.messages, 0) AS messages,
    coalesce(mail.messages, 0) AS recorded,
    cast(CASE WHEN mail.messages > 0 THEN 100 ELSE 0 END AS DOUBLE) AS percent,
    coalesce(mail.is_estimate, FALSE) AS is_estimate,
    'changed ' || CASE WHEN changed.changes > 1 THEN counted(changed.changes, 'time', FALSE) || ', last ' ELSE '' END
    || clock_words(local_time(changed.last_utc)) || ' · ' || counted(coalesce(mail.messages, 0), 'message', coalesce(mail.is_estimate, FALSE))
    || ' in this window' AS evidence
FROM changed
INNER JOIN connector_setting AS setting ON changed.name = lower(setting.name) AND changed.direction = setting.direction
LEFT JOIN mail ON changed.name = mail.name AND changed.direction = mail.direction
ORDER BY changed.last_utc DESC, setting.name
