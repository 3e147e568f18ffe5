-- title: What resolution takes from other places than a message itself
-- help: Own domains, addresses of own servers, names and addresses that the configuration calls own, and since when services show TLS lines: one row for each. Two of these are compared to find what a load changed.
SELECT
    'own domain' AS kind,
    lower(domain) AS name,
    cast(NULL AS UBIGINT) AS service_key,
    cast(NULL AS TIMESTAMP) AS since_utc
FROM trace.own_domain
UNION
SELECT
    'own address' AS kind,
    address AS name,
    cast(NULL AS UBIGINT) AS service_key,
    cast(NULL AS TIMESTAMP) AS since_utc
FROM trace.own_address
UNION
SELECT
    'own server' AS kind,
    name,
    cast(NULL AS UBIGINT) AS service_key,
    cast(NULL AS TIMESTAMP) AS since_utc
FROM trace.own_server
UNION ALL
SELECT
    'tls since' AS kind,
    cast(NULL AS VARCHAR) AS name,
    service_key_of(system, server, service, is_sent) AS service_key,
    min(since_utc) AS since_utc
FROM trace.tls_evidence
GROUP BY service_key
