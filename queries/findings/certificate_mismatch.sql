-- title: Connector with a certificate that does not match its settings
-- help: The settings of a connector contain the certificate or domain of the peer (TlsSenderCertificateName, TlsDomain); the session had another, or the check failed. All messages whose certificate was recorded count, including those that were not delivered.
-- severity: warning
-- advice: The peer renewed or changed its certificate, or it is a different server: ask its operator, then change the name in the settings.
-- params: since timestamp, until timestamp
-- result: FindingRow
WITH wanted AS (
    SELECT
        setting.name,
        setting.direction,
        setting.connector_type,
        setting.own_certificate AS certificate
    FROM connector_setting AS setting
    WHERE setting.own_certificate IS NOT NULL AND setting.enabled IS DISTINCT FROM FALSE
),

checked_messages AS (
    SELECT
        wanted.direction,
        wanted.name AS connector,
        wanted.connector_type,
        wanted.certificate,
        message.messages,
        message.is_estimate,
        message.time_utc,
        CASE
            WHEN NOT certificate_fits(message.certificate, wanted.certificate) THEN 'show ' || message.certificate
            WHEN check_failed(message.verified) THEN 'failed the check: ' || message.verified
        END AS fault
    FROM message
    INNER JOIN wanted ON lower(message.connector) = lower(wanted.name) AND message.direction = wanted.direction
    WHERE
        message.time_utc >= $since AND message.time_utc < $until AND is_near(message.stored_utc, $since, $until)
        AND (nullif(message.certificate, '') IS NOT NULL OR nullif(message.verified, '') IS NOT NULL)
),

by_fault AS (
    SELECT
        direction,
        connector,
        connector_type,
        certificate,
        fault,
        cast(sum(messages) AS BIGINT) AS messages,
        bool_or(is_estimate) AS is_estimate,
        max(time_utc) AS last_utc
    FROM checked_messages
    GROUP BY ALL
),

by_connector AS (
    SELECT
        direction,
        connector,
        connector_type,
        certificate,
        cast(sum(messages) FILTER (WHERE fault IS NOT NULL) AS BIGINT) AS messages,
        cast(sum(messages) AS BIGINT) AS checked,
        bool_or(is_estimate) AS is_estimate,
        max(last_utc) FILTER (WHERE fault IS NOT NULL) AS last_utc,
        first(fault ORDER BY messages DESC, fault) FILTER (WHERE fault IS NOT NULL) AS worst,
        count(fault) AS faults
    FROM by_fault
    GROUP BY ALL
)

SELECT
    direction,
    connector,
    connector_type,
    messages,
    checked AS recorded,
    100.0 * messages / checked AS percent,
    is_estimate,
    last_utc,
    certificate AS what,
    number_words(messages, is_estimate) || ' of ' || counted(checked, 'message', is_estimate) || CASE WHEN faults > 1 THEN ', most ' ELSE ' ' END || worst AS evidence
FROM by_connector
WHERE messages > 0
ORDER BY messages DESC, connector
