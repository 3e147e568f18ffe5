-- title: Own server that never exceeds TLS 1.0
-- help: One direction of an own server has TLS 1.0 or SSL with everybody, in the window and in the whole file, over enough messages and peers.
-- severity: warning
-- advice: Fix this server first, not its peers: an Exchange Server 2010 before RU9, or a system whose TLS 1.2 is turned off, can do no better.
-- params: since timestamp, until timestamp, min_recorded integer, min_peers integer
-- result: FindingRow
-- The whole file is looked at only for servers that the window suspects, and the window only where the rollup has seen old versions. The servers
-- of a hosted service are nobody's own.
WITH old AS (
    SELECT DISTINCT
        direction,
        system
    FROM flow
    WHERE quarter_utc >= $since AND quarter_utc < $until AND is_tls10
        AND system NOT IN (SELECT rule.system FROM trace.source_format AS rule WHERE rule.is_hosted_service AND rule.system IS NOT NULL)
),

suspect AS (
    SELECT
        hop.direction,
        hop.server
    FROM trace.message AS hop
    WHERE
        hop.time_utc >= $since AND hop.time_utc < $until
        AND hop.server IS NOT NULL
        AND (cast(hop.direction AS VARCHAR), hop.system) IN (SELECT (old.direction, old.system) FROM old)
    GROUP BY hop.direction, hop.server
    HAVING
        count(*) FILTER (WHERE is_protected_tls(hop.tls) AND hop.tls <> 'TLS 1.0') = 0
        AND count(*) FILTER (WHERE is_tls10_or_ssl(hop.tls)) > 0
),

slow AS (
    SELECT
        hop.direction,
        hop.server,
        cast(sum(hop.messages) FILTER (WHERE hop.tls = 'Not recorded') AS BIGINT) AS silent
    FROM trace.message AS hop
    INNER JOIN suspect ON hop.direction = suspect.direction AND hop.server = suspect.server
    GROUP BY hop.direction, hop.server
    HAVING count(*) FILTER (WHERE is_protected_tls(hop.tls) AND hop.tls <> 'TLS 1.0') = 0
),

ceiling AS (
    SELECT
        cast(hop.direction AS VARCHAR) AS direction,
        hop.server,
        any_value(slow.silent) AS silent,
        cast(sum(hop.messages) AS BIGINT) AS messages,
        count(DISTINCT host_of(hop.peer_host, hop.helo, hop.peer_ip)) AS peers,
        bool_or(hop.is_estimate) AS is_estimate,
        max(hop.time_utc) AS last_utc
    FROM trace.message AS hop
    INNER JOIN slow ON hop.direction = slow.direction AND hop.server = slow.server
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
    counted(messages, 'message', is_estimate) || ' with ' || counted(peers, 'peer', FALSE) || ' in the whole file, none above TLS 1.0'
    || CASE WHEN silent > 0 THEN '; ' || number_words(silent, FALSE) || ' do not say' ELSE '' END AS evidence
FROM ceiling
WHERE messages >= $min_recorded AND peers >= $min_peers
ORDER BY messages DESC, server
