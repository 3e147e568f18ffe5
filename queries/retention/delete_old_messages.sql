-- title: Messages that are older than the retention date
-- help: Their rollups stay.
-- params: moment timestamp
DELETE FROM trace.message
WHERE NOT is_merged AND time_utc < $moment
