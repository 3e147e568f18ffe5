-- title: The context of resolution
-- help: Own domains, addresses of own servers, own names and addresses of the configuration, and since when services log TLS lines: one row each. Two states are compared to find the changes of a load.
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
