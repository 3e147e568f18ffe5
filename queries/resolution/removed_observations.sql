-- title: Observations of merged messages that are removed with their source, or are read again
-- help: As resolution/removed_messages, for messages with several observations.
INSERT INTO affected_observation
SELECT replaced.rowid AS row_no
FROM trace.replaced_observation AS replaced
WHERE
    replaced.source_id IN (SELECT source_id FROM removed_source)
    OR (replaced.source_id, replaced.line_no) IN (SELECT (source_id, line_no) FROM removed_row)
