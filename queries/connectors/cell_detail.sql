-- title: The cell under the cursor
-- help: Messages, connections and hosts of one connector and version in a span, with the first and last time.
-- params: since timestamp, until timestamp, direction text, any_connector boolean, connector text, tls text, system text
-- result: CellDetail
SELECT
    cast(coalesce(sum(messages) FILTER (WHERE grain = 'message'), 0) AS BIGINT) AS messages,
    count(DISTINCT session_id) AS connections,
    count(DISTINCT host_of(peer_host, helo, peer_ip)) AS hosts,
    min(time_utc) FILTER (WHERE grain = 'message') AS first_utc,
    max(time_utc) FILTER (WHERE grain = 'message') AS last_utc
FROM hops_of($since, $until, $direction, $any_connector, $connector, $tls, $system, TRUE)
