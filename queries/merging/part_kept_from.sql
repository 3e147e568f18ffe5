-- title: The retention date of another trace file
-- help: NULL: all messages are stored.
SELECT max(kept_from) AS kept_from
FROM part.trace_file
