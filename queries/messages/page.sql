-- title: Messages
-- help: One page of messages at their hops, in the order asked for.
-- params: since timestamp, until timestamp, direction text, any_connector boolean, connector text, tls text, system text, flow_only boolean, sort text, descending boolean, page_rows integer, page_from integer
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
ORDER BY
    CASE WHEN $descending THEN CASE $sort WHEN 'peer' THEN peer WHEN 'sender' THEN sender WHEN 'recipient' THEN recipient WHEN 'tls' THEN tls WHEN 'connector' THEN connector WHEN 'status' THEN status WHEN 'direction' THEN direction WHEN 'subject' THEN subject END END DESC NULLS LAST,
    CASE WHEN NOT $descending THEN CASE $sort WHEN 'peer' THEN peer WHEN 'sender' THEN sender WHEN 'recipient' THEN recipient WHEN 'tls' THEN tls WHEN 'connector' THEN connector WHEN 'status' THEN status WHEN 'direction' THEN direction WHEN 'subject' THEN subject END END ASC NULLS LAST,
    CASE WHEN $descending AND $sort = 'size' THEN size_bytes END DESC NULLS LAST,
    CASE WHEN NOT $descending AND $sort = 'size' THEN size_bytes END ASC NULLS LAST,
    CASE WHEN $descending OR $sort <> 'time' THEN time_utc END DESC,
    time_utc,
    row_id
LIMIT $page_rows OFFSET $page_from
