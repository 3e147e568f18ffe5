-- title: Values inferred from other records
-- help: Directions, statuses and TLS versions that follow from own domains, own servers and the TLS lines of a service.

-- The rows of a relation with the columns of an observation, as messages: the direction by own domains where a list records none, own servers by
-- configuration and by the addresses in logs, clear text if a service logs TLS lines and this message has none. recorded_* have the values of the
-- observation if they differ.
CREATE OR REPLACE MACRO inferred_messages(relation) AS TABLE  -- noqa: CP05
WITH own AS (
    SELECT list(name) AS domains FROM context
    WHERE kind = 'own domain'
),

ruled AS (
    SELECT
        candidate.*,
        source_rule.by_domain,
        -- CASE, because AND looks up the domains of every row before it checks whether they matter.
        CASE
            WHEN source_rule.by_domain THEN coalesce(list_contains(own.domains, domain_of(candidate.sender)), FALSE)
            ELSE FALSE
        END AS is_from_us,
        CASE
            WHEN source_rule.by_domain AND len(candidate.recipients) > 0
                THEN coalesce(list_has_all(own.domains, list_transform(candidate.recipients, LAMBDA one: coalesce(domain_of(one), ''))), FALSE)
            ELSE FALSE
        END AS is_to_us,
        is_edge_direction(candidate.direction) AND len(getvariable('own_servers')) > 0
        AND (
            coalesce(list_contains(getvariable('own_servers'), lower(candidate.peer_host)), FALSE)
            OR coalesce(list_contains(getvariable('own_servers'), lower(candidate.helo)), FALSE)
            OR coalesce(list_contains(getvariable('own_servers'), candidate.peer_ip), FALSE)
        ) AS is_configured,
        source_rule.finds_own_addresses AND own_address.name IS NOT NULL AS is_own_address,
        CASE
            WHEN source_rule.infers_clear_text AND candidate.tls_raw = 'no TLS line'
                THEN service_key_of(candidate.system, candidate.server, candidate.service, candidate.direction = 'outbound')
        END AS service_key
    FROM query_table(relation) AS candidate
    INNER JOIN source_rule ON candidate.source_id = source_rule.source_id
    LEFT JOIN (SELECT name FROM context WHERE kind = 'own address') AS own_address ON candidate.peer_ip = own_address.name
    CROSS JOIN own
),

directed AS (
    SELECT
        *,
        CASE
            WHEN is_from_us AND is_to_us THEN 'internal'
            WHEN is_from_us THEN 'outbound'
            WHEN is_to_us THEN 'inbound'
            ELSE direction
        END AS direction_by_domain
    FROM ruled
),

decided AS (
    SELECT
        directed.*,
        CASE WHEN is_configured OR is_own_address THEN 'internal' ELSE direction_by_domain END AS resolved_direction,
        CASE
            WHEN directed.service_key IS NULL THEN tls
            WHEN time_utc >= tls_since.since_utc THEN 'No TLS'
            ELSE 'Not recorded'
        END AS resolved_tls
    FROM directed
    LEFT JOIN (SELECT service_key, since_utc FROM context WHERE kind = 'tls since') AS tls_since ON directed.service_key = tls_since.service_key
),

-- The status in a list is that of the outgoing hop; the incoming hop was accepted in any case.
completed AS (
    SELECT
        *,
        CASE WHEN by_domain AND resolved_direction <> 'outbound' AND status <> 'rejected' THEN 'accepted' ELSE status
        END AS resolved_status,
        CASE
            WHEN NOT by_domain OR direction_by_domain = direction THEN peer_domain
            WHEN direction_by_domain = 'inbound' THEN domain_of(sender)
            WHEN direction_by_domain = 'outbound' THEN domain_of(recipients[1])
        END AS resolved_peer_domain
    FROM decided
)

SELECT
    * EXCLUDE (
        by_domain, is_from_us, is_to_us, is_configured, is_own_address, service_key, direction_by_domain, resolved_direction, resolved_tls,
        resolved_status, resolved_peer_domain
    ) REPLACE (
        resolved_direction AS direction,
        resolved_tls AS tls,
        resolved_status AS status,
        resolved_peer_domain AS peer_domain
    ),
    CASE WHEN resolved_direction <> direction OR (resolved_peer_domain IS DISTINCT FROM peer_domain) THEN direction END AS recorded_direction,
    CASE WHEN resolved_direction <> direction OR (resolved_peer_domain IS DISTINCT FROM peer_domain) THEN peer_domain END AS recorded_peer_domain,
    CASE WHEN resolved_status <> status THEN status END AS recorded_status,
    CASE WHEN resolved_tls <> tls THEN tls END AS recorded_tls
FROM completed;
