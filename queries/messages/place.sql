-- title: The position of a message in the list
-- help: The number of messages before it in the order of time.
-- params: since timestamp, until timestamp, direction text, any_connector boolean, connector text, tls text, system text, flow_only boolean, hop_key integer, stored_utc timestamp, descending boolean
-- result: Tally
WITH selected AS (
    SELECT
        time_utc,
        source_id,
        coalesce(line_no, 9223372036854775807) AS line_no,
        hop_key
    FROM every_message
    WHERE hop_key = $hop_key AND stored_utc = $stored_utc
)

SELECT count(*) AS found
FROM hops_of($since, $until, $direction, $any_connector, $connector, $tls, $system, $flow_only) AS hop
INNER JOIN selected
    ON
        CASE WHEN $descending THEN hop.time_utc > selected.time_utc ELSE hop.time_utc < selected.time_utc END
        OR (
            hop.time_utc = selected.time_utc
            AND (hop.source_id, coalesce(hop.line_no, 9223372036854775807), hop.hop_key) < (selected.source_id, selected.line_no, selected.hop_key)
        )
