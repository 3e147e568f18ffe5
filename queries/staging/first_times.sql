-- title: When each file of a log begins
-- help: The first time of the rows that were kept of a file, and half of what it goes on within that second: it orders the lines of two files that bear the same second, and of two files that begin in it the one that ends in it comes first. Pending rows are stored with it.
UPDATE read_file SET first_utc = seen.first_utc + to_microseconds(least(epoch_us(seen.last_utc) - epoch_us(seen.first_utc), 999998) // 2)
FROM (
    SELECT
        source_id,
        min(time_utc) AS first_utc,
        max(time_utc) AS last_utc
    FROM extracted_row
    GROUP BY source_id
) AS seen
WHERE read_file.source_id = seen.source_id AND read_file.first_utc IS NULL
