-- title: The start time of each file of a log
-- help: The first time of the extracted rows of a file, plus half of its duration within that second: it orders lines of two files with the same second, and of two files that start in that second, the one that ends in it is first. Pending rows are stored with it.
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
