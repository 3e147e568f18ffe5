-- title: Sound rows that were staged of a source
-- help: How many; a row with a problem or without a time is none.
-- params: source_id integer, is_timed boolean
SELECT count(*) AS row_count
FROM incoming
WHERE source_id = $source_id AND problem IS NULL AND (NOT $is_timed OR time_utc IS NOT NULL)
