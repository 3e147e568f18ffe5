-- title: Connector that could force TLS
-- help: The settings allow clear text, but all mail of the connector had TLS, with enough messages on enough days of the window. Not for inbound OnPremises connectors, which have no such setting.
-- severity: information
-- advice: A candidate for Forced TLS: RequireTls inbound, TlsSettings outbound. Check a longer period first, and inform the partner.
-- params: since timestamp, until timestamp, min_messages integer, min_days integer
-- result: FindingRow
WITH protected AS (
    SELECT
        direction,
        connector,
        any_value(connector_type) AS connector_type,
        cast(sum(messages) AS BIGINT) AS messages,
        count(DISTINCT day) AS days,
        max(quarter_utc) AS last_utc
    FROM flow
    WHERE quarter_utc >= $since AND quarter_utc < $until AND connector IS NOT NULL
    GROUP BY direction, connector
    HAVING bool_and(is_protected_tls(tls) AND shows_clear_text AND NOT is_estimate)
)

SELECT
    protected.direction,
    protected.connector,
    protected.connector_type,
    protected.messages,
    protected.messages AS recorded,
    cast(100 AS DOUBLE) AS percent,
    counted(protected.messages, 'message', FALSE) || ' on ' || counted(protected.days, 'day', FALSE) || ', all with TLS' AS evidence
FROM protected
INNER JOIN connector_setting AS setting ON lower(protected.connector) = lower(setting.name) AND protected.direction = setting.direction
WHERE
    NOT setting.forced_tls
    AND NOT (setting.direction = 'inbound' AND setting.connector_type IS NOT DISTINCT FROM 'OnPremises')
    AND protected.messages >= $min_messages
    AND protected.days >= $min_days
ORDER BY protected.messages DESC, protected.connector
