-- title: Failed sessions that are older than the retention date
-- help: Their rows are deleted.
-- params: moment timestamp
DELETE FROM trace.failed_session
WHERE time_utc < $moment
