-- title: Messages of formats whose rules changed
-- help: All of them; records that they share with others are found by their keys.
INSERT INTO affected_message
SELECT message.rowid AS row_no
FROM trace.message
INNER JOIN trace.source ON message.source_id = source.source_id
WHERE
    source.format IN (SELECT format FROM changed_format)
    AND message.rowid NOT IN (SELECT row_no FROM affected_message)
