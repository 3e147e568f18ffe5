-- title: Inbound mail without a connector in the name of own domains
-- help: It came from outside, through no connector, with a sender of an accepted domain; only where accepted domains are loaded.
-- severity: warning
-- advice: Devices and services that send as you past every connector, or somebody who only says so. Give the known ones a connector, then refuse the rest.
-- params: since timestamp, until timestamp
-- result: FindingRow
WITH arrived AS (
    SELECT
        message.time_utc,
        message.peer_domain,
        message.sender,
        message.peer_ip,
        message.messages,
        message.is_estimate
    FROM message
    WHERE
        message.time_utc >= $since AND message.time_utc < $until AND is_near(message.stored_utc, $since, $until)
        AND message.direction = 'inbound' AND message.is_transferred AND message.connector IS NULL
        AND message.grain = 'message'
        AND EXISTS (SELECT 1 FROM trace.own_domain)
),

own AS (
    SELECT DISTINCT arrived.peer_domain
    FROM (SELECT DISTINCT peer_domain FROM arrived) AS arrived
    INNER JOIN trace.own_domain AS accepted
        ON
            arrived.peer_domain = accepted.domain
            OR (accepted.domain LIKE '*.%' AND ends_with(arrived.peer_domain, substr(accepted.domain, 2)))
),

claimed AS (
    SELECT
        cast(sum(arrived.messages) FILTER (WHERE own.peer_domain IS NOT NULL) AS BIGINT) AS messages,
        cast(sum(arrived.messages) AS BIGINT) AS arrived_messages,
        bool_or(arrived.is_estimate) AS is_estimate,
        count(DISTINCT lower(arrived.sender)) FILTER (WHERE own.peer_domain IS NOT NULL) AS senders,
        count(DISTINCT arrived.peer_ip) FILTER (WHERE own.peer_domain IS NOT NULL) AS addresses,
        count(DISTINCT own.peer_domain) AS domains,
        min(own.peer_domain) AS first_domain,
        max(arrived.time_utc) FILTER (WHERE own.peer_domain IS NOT NULL) AS last_utc
    FROM arrived
    LEFT JOIN own ON arrived.peer_domain = own.peer_domain
)

SELECT
    'inbound' AS direction,
    messages,
    arrived_messages AS recorded,
    100.0 * messages / arrived_messages AS percent,
    is_estimate,
    last_utc,
    counted(messages, 'message', is_estimate) || ' as ' || CASE WHEN domains = 1 THEN first_domain ELSE counted(domains, 'own domain', FALSE) END
    || CASE WHEN senders > 0 THEN ', ' || counted(senders, 'sender', FALSE) ELSE '' END
    || CASE WHEN addresses > 0 THEN ' from ' || number_words(addresses, FALSE) || CASE WHEN addresses = 1 THEN ' address' ELSE ' addresses' END ELSE '' END AS evidence
FROM claimed
WHERE messages > 0
