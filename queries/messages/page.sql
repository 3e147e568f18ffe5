-- title: Messages
-- help: One page of messages at their hops, in the order asked for.
-- params: since timestamp, until timestamp, direction text, any_connector boolean, connector text, tls text, system text, flow_only boolean, facet text, value text, sort text, descending boolean, page_rows integer, page_from integer
-- result: MessageLine
SELECT
    row_id,
    time_utc,
    direction,
    connector,
    tls,
    status,
    coalesce(peer_host, helo, peer_ip) AS peer,
    sender,
    recipients[1] AS recipient,
    len(recipients) AS recipient_count,
    subject,
    size_bytes,
    messages,
    is_estimate,
    grain
FROM hops_of($since, $until, $direction, $any_connector, $connector, $tls, $system, $flow_only)
WHERE
    $facet IS NULL
    OR facet_of($facet, peer_host, helo, peer_ip, peer_domain, sender, recipients, server, cipher, session_id) IS NOT DISTINCT FROM $value
ORDER BY
    CASE WHEN $descending THEN CASE $sort WHEN 'peer' THEN peer WHEN 'sender' THEN sender WHEN 'recipient' THEN recipient WHEN 'tls' THEN tls WHEN 'connector' THEN connector END END DESC NULLS LAST,
    CASE WHEN NOT $descending THEN CASE $sort WHEN 'peer' THEN peer WHEN 'sender' THEN sender WHEN 'recipient' THEN recipient WHEN 'tls' THEN tls WHEN 'connector' THEN connector END END ASC NULLS LAST,
    CASE WHEN $descending OR $sort <> 'time' THEN time_utc END DESC,
    time_utc,
    row_id
LIMIT $page_rows OFFSET $page_from
