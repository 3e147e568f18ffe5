-- title: Messages in daily totals only
-- help: Counted in the flow, but not recorded as single messages.
-- params: since timestamp, until timestamp, direction text, any_connector boolean, connector text, tls text, system text
-- result: Tally
SELECT cast(coalesce(sum(messages), 0) AS BIGINT) AS found
FROM flow
WHERE
    grain = 'day' AND quarter_utc >= $since AND quarter_utc < $until
    AND ($direction IS NULL OR direction = $direction)
    AND ($any_connector OR connector IS NOT DISTINCT FROM $connector)
    AND ($tls IS NULL OR tls = $tls)
    AND ($system IS NULL OR system = $system)
