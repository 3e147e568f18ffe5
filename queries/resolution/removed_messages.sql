-- title: Messages whose only observation is removed with its source, or is read again
-- help: Rows of sources that are removed, and rows derived from pending rows that were read again.
INSERT INTO affected_message
SELECT message.rowid AS row_no
FROM trace.message
WHERE
    NOT message.is_merged
    AND (
        message.source_id IN (SELECT source_id FROM removed_source)
        OR (message.source_id, message.line_no) IN (SELECT (source_id, line_no) FROM removed_row)
    )
