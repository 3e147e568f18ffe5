-- title: Merged observations of formats whose rules changed
-- help: All of them; records that they share with others are found by their keys.
INSERT INTO affected_observation
SELECT stored.rowid AS row_no
FROM trace.replaced_observation AS stored
INNER JOIN trace.source ON stored.source_id = source.source_id
WHERE
    source.format IN (SELECT format FROM changed_format)
    AND stored.rowid NOT IN (SELECT row_no FROM affected_observation)
