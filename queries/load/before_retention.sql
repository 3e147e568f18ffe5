-- title: Messages that were left out, because they are older than the retention date
-- help: Of the load that goes on.
SELECT coalesce(sum(messages), 0) AS messages FROM before_retention
