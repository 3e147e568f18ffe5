-- title: The rollup of quarter hours
-- help: All messages and daily totals. In the order of time, so that a window is found without reading the rest.
-- params: since timestamp, until timestamp
INSERT INTO trace.flow_quarter BY NAME
SELECT
    time_bucket(INTERVAL 15 MINUTE, hop.time_utc) AS quarter_utc,
    hop.direction,
    coalesce(hop.connector, matches.connector) AS connector,
    hop.connector_type,
    hop.forced_tls,
    hop.tls,
    hop.status,
    hop.system,
    hop.grain,
    hop.is_estimate,
    hop.shows_clear_text,
    cast(sum(hop.messages) AS BIGINT) AS messages,
    cast(sum(hop.messages * greatest(1, len(hop.recipients))) AS BIGINT) AS recipients,
    cast(sum(hop.size_bytes) AS BIGINT) AS size_bytes
FROM message_with_ability AS hop
LEFT JOIN trace.connector_match AS matches
    ON
        hop.connectors_from_settings AND hop.connector IS NULL AND hop.direction = matches.direction
        AND hop.peer_ip IS NOT DISTINCT FROM matches.peer_ip AND hop.peer_domain IS NOT DISTINCT FROM matches.peer_domain
WHERE hop.time_utc >= $since AND hop.time_utc < $until
GROUP BY ALL
ORDER BY 1
