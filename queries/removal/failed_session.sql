-- title: Failed sessions go with their source
-- help: Of sources that are removed or replaced. Of rows that are read again, too.
DELETE FROM trace.failed_session
WHERE
    source_id IN (SELECT source_id FROM removed_source)
    OR (source_id, line_no) IN (SELECT (source_id, line_no) FROM removed_row)
