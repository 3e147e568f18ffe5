-- title: When each file of a log begins
-- help: The first time of the rows that were kept of a file; it orders the lines of two files that bear the same second. What waited knows it.
UPDATE read_file SET first_utc = seen.first_utc
FROM (SELECT source_id, min(time_utc) AS first_utc FROM raw GROUP BY source_id) AS seen
WHERE read_file.source_id = seen.source_id AND read_file.first_utc IS NULL
