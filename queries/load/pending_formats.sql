-- title: Formats with pending rows
-- help: Each once.
SELECT DISTINCT format
FROM trace.pending
ORDER BY format
