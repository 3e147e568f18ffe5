-- title: Messages that only daily totals know
-- help: Counted in the flow, but no file tells them one by one.
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
