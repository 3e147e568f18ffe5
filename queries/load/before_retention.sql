-- title: Messages that were not stored, because they are older than the retention date
-- help: Of the current load.
SELECT coalesce(sum(messages), 0) AS messages FROM before_retention
