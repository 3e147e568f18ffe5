-- title: Messages whose peer is an own server in the configuration now, or was before
-- help: By host name, HELO or address.
INSERT INTO affected_message
SELECT message.rowid AS row_no
FROM trace.message
INNER JOIN source_rule ON message.source_id = source_rule.source_id
WHERE
    (
        lower(message.peer_host) IN (SELECT name FROM context_change WHERE kind = 'own server')
        OR lower(message.helo) IN (SELECT name FROM context_change WHERE kind = 'own server')
        OR message.peer_ip IN (SELECT name FROM context_change WHERE kind = 'own server')
    )
    AND message.rowid NOT IN (SELECT row_no FROM affected_message)
