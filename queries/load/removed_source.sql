-- title: Sources that are removed
-- help: Because a newer version of them is loaded, or because they are to be deleted.
-- params: source_ids integers
CREATE OR REPLACE TEMP TABLE removed_source AS
SELECT cast(unnest($source_ids) AS INTEGER) AS source_id
