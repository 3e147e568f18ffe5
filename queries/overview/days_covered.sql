-- title: Days with mail
-- help: The days of a span on which anything was loaded, by direction.
-- params: since timestamp, until timestamp
-- result: CoveredDay
SELECT DISTINCT
    direction,
    day
FROM flow
WHERE quarter_utc >= $since AND quarter_utc < $until
ORDER BY direction, day
