-- title: Messages of an Exim mainlog that are whole in no file
-- help: The lines of each message id whose first line (<=) and last line (Completed) stand in no single file; a later file may bring the rest.
WITH whole AS (
    SELECT id
    FROM raw
    WHERE flag IN ('<=', 'Completed') AND id IS NOT NULL
    GROUP BY id, server, source_id
    HAVING count(DISTINCT flag) = 2
)

SELECT line_no FROM raw
WHERE id IS NOT NULL AND flag NOT IN ('rejected', 'damaged') AND id NOT IN (SELECT id FROM whole)
