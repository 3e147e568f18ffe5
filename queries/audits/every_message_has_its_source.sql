-- title: Every message has its source
-- help: Returns messages without a loaded source.
SELECT trace.message.source_id
FROM trace.message
LEFT JOIN trace.source ON trace.message.source_id = trace.source.source_id
WHERE trace.source.source_id IS NULL
