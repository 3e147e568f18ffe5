-- title: Formats of the loaded sources
-- help: Each once.
SELECT DISTINCT format FROM trace.source
