-- title: The retention date of a trace file
-- help: Older messages are only in the rollups. NULL: all messages are stored.
SELECT max(kept_from) AS kept_from
FROM trace.trace_file
