-- title: Own server that never uses more than TLS 1.0
-- help: An own server never used a version above TLS 1.0 in one direction, in the window and in the whole file; mail in clear text or without a recorded version is not considered. Enough messages and peers used TLS 1.0 or SSL.
-- severity: warning
-- advice: Fix this server first, not its peers: an Exchange Server 2010 before SP3 RU9, an Exchange Server 2013 before CU8, or a system with TLS 1.2 disabled, cannot use a newer version.
-- params: since timestamp, until timestamp, min_recorded integer, min_peers integer
-- result: FindingRow
-- For speed, messages of the window are read only if the rollup has TLS 1.0 or SSL there, and those of the whole file only for the servers found in
-- the window. Servers of a hosted service are not own servers.
WITH old_flows AS (
    SELECT DISTINCT
        direction,
        system
    FROM flow
    WHERE quarter_utc >= $since AND quarter_utc < $until AND is_tls10
        AND system NOT IN (SELECT rule.system FROM trace.source_format AS rule WHERE rule.is_hosted_service AND rule.system IS NOT NULL)
),

suspects AS (
    SELECT
        hop.direction,
        hop.server
    FROM trace.message AS hop
    WHERE
        hop.time_utc >= $since AND hop.time_utc < $until
        AND hop.server IS NOT NULL
        AND (cast(hop.direction AS VARCHAR), hop.system) IN (SELECT (old_flows.direction, old_flows.system) FROM old_flows)
    GROUP BY hop.direction, hop.server
    HAVING
        count(*) FILTER (WHERE is_protected_tls(hop.tls) AND hop.tls <> 'TLS 1.0') = 0
        AND count(*) FILTER (WHERE is_tls10_or_ssl(hop.tls)) > 0
),

capped_servers AS (
    SELECT
        hop.direction,
        hop.server,
        cast(sum(hop.messages) FILTER (WHERE hop.tls = 'Not recorded') AS BIGINT) AS not_recorded
    FROM trace.message AS hop
    INNER JOIN suspects ON hop.direction = suspects.direction AND hop.server = suspects.server
    GROUP BY hop.direction, hop.server
    HAVING count(*) FILTER (WHERE is_protected_tls(hop.tls) AND hop.tls <> 'TLS 1.0') = 0
),

ceilings AS (
    SELECT
        cast(hop.direction AS VARCHAR) AS direction,
        hop.server,
        any_value(capped_servers.not_recorded) AS not_recorded,
        cast(sum(hop.messages) AS BIGINT) AS messages,
        count(DISTINCT host_of(hop.peer_host, hop.helo, hop.peer_ip)) AS peers,
        bool_or(hop.is_estimate) AS is_estimate,
        max(hop.time_utc) AS last_utc
    FROM trace.message AS hop
    INNER JOIN capped_servers ON hop.direction = capped_servers.direction AND hop.server = capped_servers.server
    WHERE is_tls10_or_ssl(hop.tls) AND is_transferred(hop.status)
    GROUP BY hop.direction, hop.server
)

SELECT
    direction,
    messages,
    messages AS recorded,
    cast(100 AS DOUBLE) AS percent,
    is_estimate,
    last_utc,
    server AS what,
    counted(messages, 'message', is_estimate) || ' with ' || counted(peers, 'peer', FALSE) || ' in the whole file, none with a newer version'
    || CASE WHEN not_recorded > 0 THEN '; TLS not recorded for ' || number_words(not_recorded, FALSE) ELSE '' END AS evidence
FROM ceilings
WHERE messages >= $min_recorded AND peers >= $min_peers
ORDER BY messages DESC, server
