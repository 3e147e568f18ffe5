-- title: The version of a new trace file
-- help: Its schema, the program that made it, and when.
-- params: version integer, made_by text, now timestamp
INSERT INTO trace.trace_file VALUES ($version, $made_by, $now, NULL)
