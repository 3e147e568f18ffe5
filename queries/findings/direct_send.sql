-- title: Inbound mail without a connector from own domains
-- help: Mail from outside, without a connector, whose sender has an accepted domain; only if accepted domains are loaded.
-- severity: warning
-- advice: Devices and services that send from your domains without a connector, or spoofed senders. Give the legitimate ones a connector, then reject the rest.
-- params: since timestamp, until timestamp
-- result: FindingRow
WITH arrivals AS (
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
    SELECT DISTINCT arrivals.peer_domain
    FROM (SELECT DISTINCT peer_domain FROM arrivals) AS arrivals
    INNER JOIN trace.own_domain AS accepted
        ON
            arrivals.peer_domain = accepted.domain
            OR (accepted.domain LIKE '*.%' AND ends_with(arrivals.peer_domain, substr(accepted.domain, 2)))
),

own_domain_mail AS (
    SELECT
        cast(sum(arrivals.messages) FILTER (WHERE own.peer_domain IS NOT NULL) AS BIGINT) AS messages,
        cast(sum(arrivals.messages) AS BIGINT) AS arrived_messages,
        bool_or(arrivals.is_estimate) AS is_estimate,
        count(DISTINCT lower(arrivals.sender)) FILTER (WHERE own.peer_domain IS NOT NULL) AS senders,
        count(DISTINCT arrivals.peer_ip) FILTER (WHERE own.peer_domain IS NOT NULL) AS addresses,
        count(DISTINCT own.peer_domain) AS domains,
        min(own.peer_domain) AS first_domain,
        max(arrivals.time_utc) FILTER (WHERE own.peer_domain IS NOT NULL) AS last_utc
    FROM arrivals
    LEFT JOIN own ON arrivals.peer_domain = own.peer_domain
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
FROM own_domain_mail
WHERE messages > 0
