-- title: Sources that are removed
-- help: By a newer content of theirs, or because they are to be forgotten.
-- params: source_ids integers
CREATE OR REPLACE TEMP TABLE removed_source AS
SELECT cast(unnest($source_ids) AS INTEGER) AS source_id
