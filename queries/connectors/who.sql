-- title: Who
-- help: Peers, addresses, domains, senders … behind a cell of the connector report, most messages first, as many as asked for. Best and newest version are over the whole file.
-- params: since timestamp, until timestamp, direction text, any_connector boolean, connector text, tls text, system text, facet text, most integer
-- result: WhoRow
WITH hop AS (
    SELECT
        facet_of($facet, peer_host, helo, peer_ip, peer_domain, sender, recipients, server, cipher, session_id) AS name,
        $facet = 'host' AND peer_host IS NULL AND helo IS NOT NULL AS is_claim,
        time_utc,
        time_utc >= $since AND time_utc < $until AS in_window,
        ($tls IS NULL OR tls = $tls) AS is_asked,
        tls,
        sender,
        session_id,
        messages
    FROM hops_of(TIMESTAMP '0001-01-01', TIMESTAMP '9999-01-01', $direction, $any_connector, $connector, NULL, $system, TRUE)
    WHERE grain = 'message'
),

peer AS (
    SELECT
        name,
        bool_or(is_claim) AS is_claim,
        cast(coalesce(sum(messages) FILTER (WHERE is_asked AND in_window), 0) AS BIGINT) AS messages,
        cast(coalesce(sum(messages) FILTER (WHERE is_asked), 0) AS BIGINT) AS messages_ever,
        count(DISTINCT session_id) FILTER (WHERE is_asked AND in_window) AS connections,
        count(DISTINCT sender) FILTER (WHERE is_asked) AS senders,
        min(time_utc) FILTER (WHERE is_asked) AS first_utc,
        max(time_utc) FILTER (WHERE is_asked) AS last_utc,
        max(time_utc) AS newest_utc,
        min(time_utc) FILTER (WHERE NOT is_asked AND tls > coalesce($tls, 'TLS 9') AND tls LIKE 'TLS 1%') AS better_utc,
        coalesce(max(tls) FILTER (WHERE tls LIKE 'TLS 1%'), max(tls) FILTER (WHERE tls <> 'Not recorded')) AS best,
        arg_max(tls, time_utc) AS newest_tls,
        histogram(cast(time_utc AS DATE)) FILTER (WHERE is_asked AND in_window) AS days
    FROM hop
    GROUP BY name
)

SELECT
    *,
    count(*) FILTER (WHERE messages > 0) OVER () AS peers_in_window,
    count(*) OVER () AS peers_ever,
    cast(sum(messages) OVER () AS BIGINT) AS all_messages,
    (SELECT count(DISTINCT session_id) FROM hop WHERE is_asked AND in_window) AS all_connections,
    (SELECT cast(coalesce(sum(messages), 0) AS BIGINT) FROM hop WHERE is_asked AND in_window AND session_id IS NULL) AS without_session
FROM peer
-- Not messages_ever > 0: DuckDB 2.0 takes that for never true when the version asked for is NULL.
WHERE last_utc IS NOT NULL
ORDER BY messages DESC, messages_ever DESC, name
LIMIT $most
