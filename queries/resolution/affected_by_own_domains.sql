-- title: Messages of lists whose direction follows from own domains, from or to a domain that was added or removed
-- help: Only formats that do not record directions.
INSERT INTO affected_message
SELECT message.rowid AS row_no
FROM trace.message
INNER JOIN source_rule ON message.source_id = source_rule.source_id
WHERE
    source_rule.by_domain
    AND (
        domain_of(message.sender) IN (SELECT name FROM context_change WHERE kind = 'own domain')
        OR list_has_any(
            list_transform(message.recipients, LAMBDA one: domain_of(one)),
            (SELECT list(name) FROM context_change WHERE kind = 'own domain')
        )
    )
    AND message.rowid NOT IN (SELECT row_no FROM affected_message)
