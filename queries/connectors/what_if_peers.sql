-- title: What breaks if the floor is raised, by peer
-- help: Each peer with mail below the floor in a span, what would become of that mail, and the best version that the peer was ever seen with; most mail that would be refused or lose its TLS first, as many as asked for.
-- params: since timestamp, until timestamp, direction text, any_connector boolean, connector text, system text, minimum_tls text, refuse boolean, most integer
-- result: WhatIfPeer
-- Whole days of UTC come from the rollup of peers, which knows the senders of mail below TLS 1.2; what is left of the first and the last day, and
-- all of the span for a higher floor or a direction that the rollup lacks, comes from the messages.
WITH below AS MATERIALIZED (
    SELECT
        raw_direction,
        host_of(peer_host, helo, peer_ip) AS name,
        peer_host IS NULL AND helo IS NOT NULL AS is_unverified,
        connector,
        raw_tls,
        forced_tls,
        messages,
        last_utc,
        sender_keys
    FROM peer_flow
    WHERE
        minimum_rank($minimum_tls) <= 4 AND in_peer_day($direction)
        AND day >= first_whole_day($since) AND day < cast($until AS DATE)
        AND tls_code < minimum_rank($minimum_tls)
        AND CASE WHEN $direction IS NULL THEN in_flow ELSE direction = $direction END
        AND ($any_connector OR connector IS NOT DISTINCT FROM $connector)
        AND ($system IS NULL OR system = $system)
    UNION ALL
    SELECT
        raw_direction,
        host_of(peer_host, helo, peer_ip) AS name,
        peer_host IS NULL AND helo IS NOT NULL AS is_unverified,
        connector,
        raw_tls,
        forced_tls,
        messages,
        time_utc AS last_utc,
        [sender_key(sender)] AS sender_keys
    FROM hops_of($since, $until, $direction, $any_connector, $connector, NULL, $system, TRUE)
    WHERE
        grain = 'message' AND tls_code < minimum_rank($minimum_tls)
        AND stored_utc < CASE WHEN minimum_rank($minimum_tls) <= 4 AND in_peer_day($direction) THEN first_whole_day($since) ELSE cast($until AS TIMESTAMP) END
    UNION ALL
    SELECT
        raw_direction,
        host_of(peer_host, helo, peer_ip) AS name,
        peer_host IS NULL AND helo IS NOT NULL AS is_unverified,
        connector,
        raw_tls,
        forced_tls,
        messages,
        time_utc AS last_utc,
        [sender_key(sender)] AS sender_keys
    FROM hops_of($since, $until, $direction, $any_connector, $connector, NULL, $system, TRUE)
    WHERE
        grain = 'message' AND tls_code < minimum_rank($minimum_tls)
        AND minimum_rank($minimum_tls) <= 4 AND in_peer_day($direction)
        AND stored_utc >= greatest(first_whole_day($since), cast($until AS DATE))
),

-- What became of the mail is summed up by connector and version before settings are asked.
used AS (
    SELECT
        raw_direction,
        name,
        connector,
        raw_tls,
        forced_tls,
        bool_or(is_unverified) AS is_unverified,
        sum(messages) AS messages,
        max(last_utc) AS last_utc
    FROM below
    GROUP BY raw_direction, name, connector, raw_tls, forced_tls
),

peer AS (
    SELECT
        raw_direction,
        name,
        bool_or(is_unverified) AS is_unverified,
        cast(sum(messages) AS BIGINT) AS messages,
        cast(coalesce(sum(messages) FILTER (WHERE outcome = 'refused'), 0) AS BIGINT) AS refused,
        cast(coalesce(sum(messages) FILTER (WHERE outcome = 'falls back to clear text'), 0) AS BIGINT) AS falls_back,
        cast(coalesce(sum(messages) FILTER (WHERE outcome = 'stays clear text'), 0) AS BIGINT) AS stays_clear,
        list_sort(list_distinct(list(coalesce(connector, '')))) AS connectors,
        list_sort(list_distinct(list(tls))) AS versions,
        max(last_utc) AS last_utc
    FROM (
        SELECT
            told.*,
            what_if_outcome(told.tls, coalesce(setting.forced_tls, told.forced_tls), $minimum_tls, $refuse) AS outcome
        FROM (SELECT *, lower(connector) AS of_name, cast(raw_direction AS VARCHAR) AS direction, cast(raw_tls AS VARCHAR) AS tls FROM used) AS told
        LEFT JOIN setting_of AS setting ON told.of_name = setting.of_name AND told.direction = setting.direction
    )
    GROUP BY raw_direction, name
),

-- Each peer's senders are told apart before they are counted. Not MATERIALIZED: DuckDB 2.0 would then run all of the question on one core.
sends AS (
    SELECT DISTINCT
        raw_direction,
        name,
        sender_key
    FROM (SELECT raw_direction, name, unnest(sender_keys) AS sender_key FROM below)
    WHERE sender_key IS NOT NULL
),

sent AS (
    SELECT
        raw_direction,
        name,
        count(*) AS senders
    FROM sends
    GROUP BY raw_direction, name
),

best AS (
    SELECT
        raw_direction,
        host_of(peer_host, helo, peer_ip) AS name,
        max(tls_code) AS place
    FROM peer_seen
    WHERE tls_code BETWEEN 1 AND 5
    GROUP BY raw_direction, name
),

people AS (
    SELECT count(DISTINCT sender_key) AS senders FROM sends
)

SELECT
    cast(peer.raw_direction AS VARCHAR) AS direction,
    CASE WHEN peer.is_unverified THEN peer.name[2:-2] ELSE peer.name END AS name,
    peer.is_unverified,
    peer.messages,
    peer.refused,
    peer.falls_back,
    peer.stays_clear,
    coalesce(sent.senders, 0) AS senders,
    peer.connectors,
    peer.versions,
    peer.last_utc,
    tls_of_rank(coalesce(best.place, 0)) AS best,
    CASE
        WHEN best.place >= minimum_rank($minimum_tls) THEN 'newer version seen'
        WHEN best.place IS NULL THEN 'also sent in clear text'
        ELSE 'no newer version seen'
    END AS verdict,
    count(*) OVER () AS all_peers,
    people.senders AS all_senders
FROM peer
CROSS JOIN people
LEFT JOIN sent ON peer.raw_direction = sent.raw_direction AND peer.name IS NOT DISTINCT FROM sent.name
LEFT JOIN best ON peer.raw_direction = best.raw_direction AND peer.name IS NOT DISTINCT FROM best.name
ORDER BY peer.refused + peer.falls_back DESC, peer.messages DESC, peer.name, direction
LIMIT $most
