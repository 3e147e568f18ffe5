-- title: Messages whose peer is an own server now, or was before
-- help: By the server addresses in tracking logs.
INSERT INTO affected_message
SELECT message.rowid AS row_no
FROM trace.message
INNER JOIN source_rule ON message.source_id = source_rule.source_id
WHERE
    source_rule.finds_own_addresses
    AND message.peer_ip IN (SELECT name FROM context_change WHERE kind = 'own address')
    AND message.rowid NOT IN (SELECT row_no FROM affected_message)
