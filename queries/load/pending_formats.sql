-- title: Formats with pending rows
-- help: Each format of which the trace file has pending rows, once.
SELECT DISTINCT format
FROM trace.pending
ORDER BY format
