-- title: The first moment whose messages a trace file keeps
-- help: What was before is only in the rollups. NULL: everything is kept.
SELECT max(kept_from) AS kept_from
FROM trace.trace_file
