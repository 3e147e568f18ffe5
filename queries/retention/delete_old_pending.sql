-- title: Pending rows that are older than the retention date
-- help: By the time of each row, if its format stores one.
-- params: moment timestamp
DELETE FROM trace.pending
WHERE try_cast(row_json ->> '$.time_utc' AS TIMESTAMP) < $moment
