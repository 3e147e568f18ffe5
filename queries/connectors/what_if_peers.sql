-- title: What-if: minimum TLS version, by peer
-- help: Each peer with mail below the minimum version in a span, the outcome of that mail, and the newest version ever seen from the peer; peers with the most mail that would be refused or lose its TLS first, up to the given number.
-- params: since timestamp, until timestamp, direction text, any_connector boolean, connector text, system text, minimum_tls text, refuse boolean, most integer
-- result: WhatIfPeer
-- Complete UTC days are read from the rollup of peers, which has the senders of mail below TLS 1.2; the rest of the first and the last day, and the
-- whole span for a higher minimum or a direction that the rollup lacks, are read from the messages.
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

-- Mail is summed by connector and version before the settings are joined.
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
            usage.*,
            what_if_outcome(usage.tls, coalesce(setting.forced_tls, usage.forced_tls), $minimum_tls, $refuse) AS outcome
        FROM (SELECT *, lower(connector) AS of_name, cast(raw_direction AS VARCHAR) AS direction, cast(raw_tls AS VARCHAR) AS tls FROM used) AS usage
        LEFT JOIN setting_of AS setting ON usage.of_name = setting.of_name AND usage.direction = setting.direction
    )
    GROUP BY raw_direction, name
),

-- Each peer's senders are made distinct before they are counted. Not MATERIALIZED: DuckDB 2.0 would then run the whole query on one core.
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
