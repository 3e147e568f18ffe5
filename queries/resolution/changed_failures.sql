-- title: Failed sessions with a removed record
-- help: With its source, or because its rows are read again.
CREATE OR REPLACE TEMP TABLE changed_failure AS
SELECT DISTINCT hop_key
FROM trace.failed_session
WHERE
    source_id IN (SELECT source_id FROM removed_source)
    OR (source_id, line_no) IN (SELECT (source_id, line_no) FROM removed_row)
