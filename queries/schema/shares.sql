-- title: Shares, limits and what a minimum version would change
-- help: Macros over the views of schema/flow_views.

-- The value of a filter field of a hop; if no host name is recorded, the HELO name in brackets is used.
CREATE OR REPLACE MACRO facet_of(FACET, PEER_HOST, HELO, PEER_IP, PEER_DOMAIN, SENDER, RECIPIENTS, SERVER, CIPHER, VERIFIED, SESSION_ID) AS CASE facet
    WHEN 'host' THEN host_of(peer_host, helo, peer_ip)
    WHEN 'address' THEN peer_ip
    WHEN 'domain' THEN peer_domain
    WHEN 'sender' THEN CASE WHEN sender = '' THEN '<>' ELSE sender END
    WHEN 'sender domain' THEN domain_of(sender)
    WHEN 'recipient domain' THEN domain_of(recipients[1])
    WHEN 'server' THEN server
    WHEN 'cipher' THEN cipher
    WHEN 'verified' THEN verified
    WHEN 'session' THEN session_id
END;

-- The outcome of mail under a minimum TLS version ('any TLS' or a version): mail with forced TLS is refused, other mail falls back to clear text, or is
-- refused too if `refuse` is true.
CREATE OR REPLACE MACRO minimum_rank(minimum_tls) AS CASE WHEN minimum_tls = 'any TLS' THEN 2 ELSE tls_rank(minimum_tls) END;

CREATE OR REPLACE MACRO what_if_outcome(tls, forced_tls, minimum_tls, refuse) AS CASE
    WHEN tls_rank(tls) >= minimum_rank(minimum_tls) OR (tls = 'TLS (version unknown)' AND minimum_rank(minimum_tls) <= 2) THEN 'as now'
    WHEN tls_rank(tls) IS NULL THEN 'not recorded'
    WHEN refuse OR coalesce(forced_tls, FALSE) THEN 'refused'
    WHEN tls = 'No TLS' THEN 'stays clear text'
    ELSE 'falls back to clear text'
END;

-- Each connector's shares of recorded mail over a window; SSL is counted with TLS 1.0.
CREATE OR REPLACE MACRO connector_shares(SINCE_UTC, UNTIL_UTC) AS TABLE
SELECT
    cast(raw_direction AS VARCHAR) AS direction,
    connector,
    any_value(connector_type) AS connector_type,
    cast(sum(messages) AS BIGINT) AS volume,
    cast(coalesce(sum(messages) FILTER (WHERE is_recorded), 0) AS BIGINT) AS recorded,
    cast(coalesce(sum(messages) FILTER (WHERE is_tls10), 0) AS BIGINT) AS tls10,
    cast(coalesce(sum(messages) FILTER (WHERE raw_tls = 'TLS 1.1'), 0) AS BIGINT) AS tls11,
    cast(coalesce(sum(messages) FILTER (WHERE raw_tls = 'No TLS'), 0) AS BIGINT) AS no_tls,
    bool_or(is_estimate) AS is_estimate,
    max(quarter_utc) FILTER (WHERE is_tls10) AS tls10_last_utc,
    max(quarter_utc) FILTER (WHERE raw_tls = 'TLS 1.1') AS tls11_last_utc,
    max(quarter_utc) FILTER (WHERE raw_tls = 'No TLS') AS no_tls_last_utc
FROM flow
WHERE quarter_utc >= since_utc AND quarter_utc < until_utc
GROUP BY raw_direction, connector;
