-- title: Failed sessions of which a record comes from another trace file
-- help: Which of several records counts is decided again.
CREATE OR REPLACE TEMP TABLE changed_failure AS
SELECT DISTINCT hop_key
FROM part.failed_session
WHERE source_id IN (SELECT source_id FROM part_source)
