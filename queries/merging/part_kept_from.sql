-- title: The first moment whose messages another trace file keeps
-- help: NULL: everything is kept.
SELECT max(kept_from) AS kept_from
FROM part.trace_file
