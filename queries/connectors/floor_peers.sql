-- title: What breaks if the floor is raised, by peer
-- help: Each peer with mail below the floor in a span, what would become of that mail, and the best version that the peer was ever seen with; most mail that would be refused or lose its TLS first, as many as asked for.
-- params: since timestamp, until timestamp, direction text, any_connector boolean, connector text, system text, floor text, refuse boolean, most integer
-- result: FloorPeer
-- The messages below the floor are read once: what became of them is summed up by connector and version before settings are asked, and each
-- peer's senders are told apart before they are counted.
WITH below AS MATERIALIZED (
    SELECT
        direction,
        host_of(peer_host, helo, peer_ip) AS name,
        peer_host IS NULL AND helo IS NOT NULL AS is_claim,
        connector,
        tls,
        forced_tls,
        sender,
        messages,
        time_utc
    FROM hops_of($since, $until, $direction, $any_connector, $connector, NULL, $system, TRUE)
    WHERE grain = 'message' AND tls_place < floor_rank($floor)
),

used AS (
    SELECT
        direction,
        name,
        connector,
        tls,
        forced_tls,
        bool_or(is_claim) AS is_claim,
        sum(messages) AS messages,
        max(time_utc) AS last_utc
    FROM below
    GROUP BY direction, name, connector, tls, forced_tls
),

peer AS MATERIALIZED (
    SELECT
        direction,
        name,
        bool_or(is_claim) AS is_claim,
        cast(sum(messages) AS BIGINT) AS messages,
        cast(coalesce(sum(messages) FILTER (WHERE outcome = 'refused'), 0) AS BIGINT) AS refused,
        cast(coalesce(sum(messages) FILTER (WHERE outcome = 'falls back to clear text'), 0) AS BIGINT) AS falls_back,
        cast(coalesce(sum(messages) FILTER (WHERE outcome = 'stays clear text'), 0) AS BIGINT) AS stays_clear,
        list_sort(list(DISTINCT coalesce(connector, ''))) AS connectors,
        list_sort(list(DISTINCT tls)) AS versions,
        max(last_utc) AS last_utc
    FROM (
        SELECT
            told.*,
            floor_outcome(told.tls, coalesce(setting.forced_tls, told.forced_tls), $floor, $refuse) AS outcome
        FROM (SELECT *, lower(connector) AS of_name FROM used) AS told
        LEFT JOIN setting_of AS setting ON told.of_name = setting.of_name AND told.direction = setting.direction
    )
    GROUP BY direction, name
),

sends AS MATERIALIZED (
    SELECT DISTINCT
        direction,
        name,
        sender
    FROM below
    WHERE sender IS NOT NULL
),

sent AS (
    SELECT
        direction,
        name,
        count(*) AS senders
    FROM sends
    GROUP BY direction, name
),

best AS (
    SELECT
        direction,
        host_of(peer_host, helo, peer_ip) AS name,
        tls_of_rank(max(tls_place) FILTER (WHERE tls_place BETWEEN 2 AND 5)) AS best_tls,
        bool_or(tls_place = 1) AS had_ssl
    FROM peer_seen
    GROUP BY direction, name
),

people AS (
    SELECT count(DISTINCT sender) AS senders FROM sends
)

SELECT
    peer.direction,
    CASE WHEN peer.is_claim THEN peer.name[2:-2] ELSE peer.name END AS name,
    peer.is_claim,
    peer.messages,
    peer.refused,
    peer.falls_back,
    peer.stays_clear,
    coalesce(sent.senders, 0) AS senders,
    peer.connectors,
    peer.versions,
    peer.last_utc,
    coalesce(best.best_tls, CASE WHEN best.had_ssl THEN 'SSL' ELSE 'No TLS' END) AS best,
    CASE
        WHEN tls_rank(best.best_tls) >= floor_rank($floor) THEN 'can do better'
        WHEN best.best_tls IS NULL AND NOT coalesce(best.had_ssl, FALSE) THEN 'seen in clear'
        ELSE 'never did better'
    END AS verdict,
    count(*) OVER () AS all_peers,
    people.senders AS all_senders
FROM peer
CROSS JOIN people
LEFT JOIN sent ON peer.direction = sent.direction AND peer.name IS NOT DISTINCT FROM sent.name
LEFT JOIN best ON peer.direction = best.direction AND peer.name IS NOT DISTINCT FROM best.name
ORDER BY peer.refused + peer.falls_back DESC, peer.messages DESC, peer.name, peer.direction
LIMIT $most
