-- title: Days whose rollup is rebuilt
-- help: Whole days of UTC.
-- params: since timestamp, until timestamp
DELETE FROM trace.peer_day
WHERE day >= $since AND day < $until
