-- title: Peers and senders
-- help: Peers, addresses, domains, senders … behind a cell of the connector report, most messages first, up to the given number. Best and newest version are of all mail of the name in the whole file, regardless of the filter.
-- params: since timestamp, until timestamp, direction text, any_connector boolean, connector text, tls text, system text, facet text, most integer
-- result: WhoRow
-- Hosts, addresses and domains have their history in the rollup of peers; for other names, and directions that it lacks, every message is read.
-- Sessions, senders and days are of the span only.
WITH all_time AS MATERIALIZED (
    SELECT
        name,
        bool_or(is_unverified) AS is_unverified,
        cast(sum(messages) AS BIGINT) AS messages_ever,
        min(first_utc) AS first_utc,
        max(last_utc) AS last_utc
    FROM (
        SELECT
            facet_of($facet, peer_host, helo, peer_ip, peer_domain, NULL, NULL, NULL, NULL, NULL, NULL) AS name,
            $facet = 'host' AND peer_host IS NULL AND helo IS NOT NULL AS is_unverified,
            messages,
            first_utc,
            last_utc
        FROM peer_flow
        WHERE
            $facet IN ('host', 'address', 'domain') AND in_peer_day($direction)
            AND CASE WHEN $direction IS NULL THEN in_flow ELSE direction = $direction END
            AND ($any_connector OR connector IS NOT DISTINCT FROM $connector)
            AND ($tls IS NULL OR tls = $tls)
            AND ($system IS NULL OR system = $system)
        UNION ALL
        SELECT
            facet_of($facet, peer_host, helo, peer_ip, peer_domain, sender, recipients, server, cipher, verified, session_id) AS name,
            $facet = 'host' AND peer_host IS NULL AND helo IS NOT NULL AS is_unverified,
            messages,
            time_utc AS first_utc,
            time_utc AS last_utc
        FROM hops_of(TIMESTAMP '0001-01-01', TIMESTAMP '9999-01-01', $direction, $any_connector, $connector, $tls, $system, TRUE)
        WHERE grain = 'message' AND NOT ($facet IN ('host', 'address', 'domain') AND in_peer_day($direction))
    )
    GROUP BY name
),

in_span AS (
    SELECT
        facet_of($facet, peer_host, helo, peer_ip, peer_domain, sender, recipients, server, cipher, verified, session_id) AS name,
        cast(sum(messages) AS BIGINT) AS messages,
        count(DISTINCT session_id) AS connections,
        count(DISTINCT sender) AS senders,
        histogram(cast(local_time(time_utc) AS DATE)) AS days
    FROM hops_of($since, $until, $direction, $any_connector, $connector, $tls, $system, TRUE)
    WHERE grain = 'message'
    GROUP BY name
),

totals AS (
    SELECT
        count(DISTINCT session_id) AS connections,
        cast(coalesce(sum(messages) FILTER (WHERE session_id IS NULL), 0) AS BIGINT) AS without_session
    FROM hops_of($since, $until, $direction, $any_connector, $connector, $tls, $system, TRUE)
    WHERE grain = 'message'
),

peer AS (
    SELECT
        all_time.*,
        coalesce(in_span.messages, 0) AS messages,
        coalesce(in_span.connections, 0) AS connections,
        in_span.senders,
        in_span.days
    FROM all_time
    LEFT JOIN in_span ON all_time.name IS NOT DISTINCT FROM in_span.name
),

seen AS (
    SELECT
        facet_of($facet, peer_host, helo, peer_ip, peer_domain, NULL, NULL, NULL, NULL, NULL, NULL) AS name,
        tls,
        tls_rank(tls) AS version_rank,
        first_utc,
        last_utc
    FROM peer_seen
    WHERE
        $facet IN ('host', 'address', 'domain')
        AND CASE WHEN $direction IS NULL THEN in_flow ELSE direction = $direction END
        AND ($any_connector OR connector IS NOT DISTINCT FROM $connector)
        AND ($system IS NULL OR system = $system)
    UNION ALL
    SELECT
        facet_of($facet, peer_host, helo, peer_ip, peer_domain, sender, recipients, server, cipher, verified, session_id) AS name,
        tls,
        tls_rank(tls) AS version_rank,
        time_utc AS first_utc,
        time_utc AS last_utc
    FROM every_message
    WHERE
        $facet NOT IN ('host', 'address', 'domain')
        AND grain = 'message' AND is_transferred
        AND CASE WHEN $direction IS NULL THEN in_flow ELSE direction = $direction END
        AND ($any_connector OR connector IS NOT DISTINCT FROM $connector)
        AND ($system IS NULL OR system = $system)
),

history AS (
    SELECT
        name,
        max(last_utc) AS newest_utc,
        min(first_utc) FILTER (WHERE version_rank > tls_rank($tls)) AS better_utc,
        coalesce(
            tls_of_rank(nullif(nullif(max(version_rank), 0), 1)),
            min(tls) FILTER (WHERE tls = 'TLS (version unknown)'),
            tls_of_rank(max(version_rank))
        ) AS best,
        arg_max(tls, { 'at': last_utc, 'tls': tls }) AS newest_tls
    FROM seen
    WHERE name IS NULL OR name IN (SELECT name FROM all_time)
    GROUP BY name
)

SELECT
    CASE WHEN peer.is_unverified THEN peer.name[2:-2] ELSE peer.name END AS name,
    peer.is_unverified,
    peer.messages,
    peer.messages_ever,
    peer.connections,
    peer.senders,
    peer.first_utc,
    peer.last_utc,
    coalesce(history.newest_utc, peer.last_utc) AS newest_utc,
    history.better_utc,
    history.best,
    coalesce(history.newest_tls, $tls, 'Not recorded') AS newest_tls,
    peer.days,
    count(*) FILTER (WHERE peer.messages > 0) OVER () AS peers_in_window,
    count(*) OVER () AS peers_ever,
    cast(sum(peer.messages) OVER () AS BIGINT) AS all_messages,
    totals.connections AS all_connections,
    totals.without_session
FROM peer
CROSS JOIN totals
LEFT JOIN history ON peer.name IS NOT DISTINCT FROM history.name
ORDER BY peer.messages DESC, peer.messages_ever DESC, peer.name
LIMIT $most
