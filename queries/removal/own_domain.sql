-- title: Own domains go with their source
-- help: Of sources that are removed or replaced.
DELETE FROM trace.own_domain
WHERE
    source_id IN (SELECT source_id FROM removed_source)
