-- title: Days whose rollup is rebuilt
-- help: Whole days of UTC.
-- params: since timestamp, until timestamp
DELETE FROM trace.flow_quarter
WHERE quarter_utc >= $since AND quarter_utc < $until
