-- title: The number of messages in a list
-- help: Counted up to a limit plus one, so that a list can show that there are more.
-- params: since timestamp, until timestamp, direction text, any_connector boolean, connector text, tls text, system text, flow_only boolean, most integer
-- result: Tally
SELECT count(*) AS found
FROM (
    SELECT hop_key
    FROM hops_of($since, $until, $direction, $any_connector, $connector, $tls, $system, $flow_only)
    LIMIT $most + 1
)
