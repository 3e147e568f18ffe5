-- title: Give staged rows other source numbers
-- help: Run with each staged table in turn as staged_rows; numbers below the first of the load are those of sources in the trace file.
-- params: first_source_id integer, by_number integer
UPDATE staged_rows
SET source_id = source_id + $by_number
WHERE source_id >= $first_source_id
