-- title: Mail of a peer since a note
-- help: Messages of a host, address or domain with an old version and with a good one, before and after a note was made; from the peers' history.
-- params: facet text, name text, since timestamp, good text
-- result: PeerSince
SELECT
    cast(coalesce(sum(messages) FILTER (WHERE is_old AND last_utc < $since), 0) AS BIGINT) AS old_before,
    cast(coalesce(sum(messages) FILTER (WHERE is_old AND last_utc >= $since), 0) AS BIGINT) AS old_after,
    cast(coalesce(sum(messages) FILTER (WHERE is_good AND last_utc >= $since), 0) AS BIGINT) AS good_after,
    any_value(last_old_utc) AS last_old_utc,
    arg_max(tls, { 'at': last_utc, 'tls': tls }) FILTER (WHERE is_old) AS last_old,
    min(CASE WHEN first_utc > coalesce(last_old_utc, first_utc - INTERVAL 1 SECOND) THEN first_utc WHEN last_utc > last_old_utc THEN last_utc END)
        FILTER (WHERE is_good AND last_utc >= $since) AS first_good_utc,
    max(last_utc) AS newest_utc,
    arg_max(tls, { 'at': last_utc, 'tls': tls }) AS newest_tls
FROM (
    SELECT
        *,
        tls_rank(tls) < tls_rank($good) AS is_old,
        tls_rank(tls) >= tls_rank($good) AS is_good,
        max(last_utc) FILTER (WHERE tls_rank(tls) < tls_rank($good)) OVER () AS last_old_utc
    FROM peer_seen
    WHERE lower(facet_of($facet, peer_host, helo, peer_ip, peer_domain, NULL, NULL, NULL, NULL, NULL, NULL)) = lower($name)
)
