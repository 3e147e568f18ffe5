-- title: Messages
-- help: One page of messages at their hops, in the given order.
-- params: since timestamp, until timestamp, direction text, any_connector boolean, connector text, tls text, system text, flow_only boolean, sort text, descending boolean, page_rows integer, page_from integer
-- result: MessageLine
-- In the order of time a page is found by counting quarter hours, so that only those it lies in are sorted; in any order the page is picked
-- before what it shows is read.
WITH quarter AS (
    SELECT
        time_bucket(INTERVAL 15 MINUTE, time_utc) AS begin_utc,
        count(*) AS hops
    FROM hops_of($since, $until, $direction, $any_connector, $connector, $tls, $system, $flow_only)
    WHERE $sort = 'time'
    GROUP BY begin_utc
),

placed AS (
    SELECT
        begin_utc,
        hops,
        sum(hops) OVER (ORDER BY CASE WHEN $descending THEN -epoch_us(begin_utc) ELSE epoch_us(begin_utc) END) - hops AS hops_before
    FROM quarter
),

part AS (
    SELECT
        CASE WHEN $sort = 'time' THEN min(begin_utc) ELSE TIMESTAMP '-infinity' END AS begin_utc,
        CASE WHEN $sort = 'time' THEN max(begin_utc) + INTERVAL 15 MINUTE ELSE TIMESTAMP 'infinity' END AS until_utc,
        coalesce(min(hops_before), 0) AS hops_before
    FROM placed
    WHERE hops_before < $page_from + $page_rows AND hops_before + hops > $page_from
),

picked AS (
    SELECT
        hop.hop_key,
        hop.stored_utc
    FROM hops_of($since, $until, $direction, $any_connector, $connector, $tls, $system, $flow_only) AS hop
    INNER JOIN part ON hop.time_utc >= part.begin_utc AND hop.time_utc < part.until_utc
    ORDER BY
        CASE WHEN $descending THEN CASE $sort WHEN 'peer' THEN coalesce(hop.peer_host, hop.helo, hop.peer_ip) WHEN 'sender' THEN hop.sender WHEN 'recipient' THEN hop.recipients[1] WHEN 'tls' THEN hop.tls WHEN 'connector' THEN hop.connector WHEN 'status' THEN hop.status WHEN 'direction' THEN hop.direction WHEN 'subject' THEN hop.subject END END DESC NULLS LAST,
        CASE WHEN NOT $descending THEN CASE $sort WHEN 'peer' THEN coalesce(hop.peer_host, hop.helo, hop.peer_ip) WHEN 'sender' THEN hop.sender WHEN 'recipient' THEN hop.recipients[1] WHEN 'tls' THEN hop.tls WHEN 'connector' THEN hop.connector WHEN 'status' THEN hop.status WHEN 'direction' THEN hop.direction WHEN 'subject' THEN hop.subject END END ASC NULLS LAST,
        CASE WHEN $descending AND $sort = 'size' THEN hop.size_bytes END DESC NULLS LAST,
        CASE WHEN NOT $descending AND $sort = 'size' THEN hop.size_bytes END ASC NULLS LAST,
        CASE WHEN $descending OR $sort <> 'time' THEN hop.time_utc END DESC,
        hop.time_utc,
        hop.source_id,
        hop.line_no,
        hop.hop_key
    LIMIT $page_rows OFFSET (SELECT cast($page_from - place.hops_before AS BIGINT) FROM part AS place)
)

SELECT
    hop.hop_key,
    hop.stored_utc,
    hop.time_utc,
    hop.direction,
    hop.connector,
    hop.tls,
    hop.status,
    host_of(hop.peer_host, hop.helo, hop.peer_ip) AS peer,
    hop.sender,
    hop.recipients[1] AS recipient,
    len(hop.recipients) AS recipient_count,
    hop.subject,
    hop.size_bytes,
    hop.messages,
    hop.is_estimate,
    hop.grain
FROM every_message AS hop
INNER JOIN picked ON hop.hop_key = picked.hop_key AND hop.stored_utc = picked.stored_utc
-- Known before the page is picked, so that no part of the file outside the window is read.
WHERE is_near(hop.stored_utc, $since, $until)
ORDER BY
    CASE WHEN $descending THEN CASE $sort WHEN 'peer' THEN peer WHEN 'sender' THEN hop.sender WHEN 'recipient' THEN recipient WHEN 'tls' THEN hop.tls WHEN 'connector' THEN hop.connector WHEN 'status' THEN hop.status WHEN 'direction' THEN hop.direction WHEN 'subject' THEN hop.subject END END DESC NULLS LAST,
    CASE WHEN NOT $descending THEN CASE $sort WHEN 'peer' THEN peer WHEN 'sender' THEN hop.sender WHEN 'recipient' THEN recipient WHEN 'tls' THEN hop.tls WHEN 'connector' THEN hop.connector WHEN 'status' THEN hop.status WHEN 'direction' THEN hop.direction WHEN 'subject' THEN hop.subject END END ASC NULLS LAST,
    CASE WHEN $descending AND $sort = 'size' THEN hop.size_bytes END DESC NULLS LAST,
    CASE WHEN NOT $descending AND $sort = 'size' THEN hop.size_bytes END ASC NULLS LAST,
    CASE WHEN $descending OR $sort <> 'time' THEN hop.time_utc END DESC,
    hop.time_utc,
    hop.source_id,
    hop.line_no,
    hop.hop_key
