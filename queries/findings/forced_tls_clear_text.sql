-- title: Clear text on a connector that forces TLS
-- help: The settings force TLS (Forced TLS? is True), but at least one message was sent or received in clear text.
-- severity: warning
-- advice: Check that RequireTls (inbound) or TlsSettings (outbound) is really in force: settings newer than the mail, or another route that the setting does not cover.
-- tls: No TLS
-- params: since timestamp, until timestamp
-- result: FindingRow
WITH forced AS (
    SELECT
        direction,
        connector,
        any_value(connector_type) AS connector_type,
        cast(sum(messages) FILTER (WHERE tls = 'No TLS') AS BIGINT) AS messages,
        cast(sum(messages) FILTER (WHERE is_recorded_tls(tls)) AS BIGINT) AS recorded,
        bool_or(is_estimate) AS is_estimate,
        max(quarter_utc) FILTER (WHERE tls = 'No TLS') AS last_utc
    FROM flow
    WHERE quarter_utc >= $since AND quarter_utc < $until AND forced_tls
    GROUP BY direction, connector
)

SELECT
    forced.direction,
    forced.connector,
    forced.connector_type,
    forced.messages,
    forced.recorded,
    100.0 * forced.messages / forced.recorded AS percent,
    forced.is_estimate,
    forced.last_utc,
    number_words(forced.messages, forced.is_estimate) || ' of ' || counted(forced.recorded, 'message', forced.is_estimate) || ' in clear text'
    || CASE
        WHEN setting.changed_at_utc >= forced.last_utc + INTERVAL 15 MINUTE
            THEN ', before the settings changed on ' || day_words(local_time(setting.changed_at_utc))
        ELSE ''
    END AS evidence
FROM forced
LEFT JOIN connector_setting AS setting ON lower(forced.connector) = lower(setting.name) AND forced.direction = setting.direction
WHERE forced.messages > 0
ORDER BY forced.messages DESC, forced.connector
