-- title: Observations that are older than the retention date
-- help: Of messages with several observations; resolution forgets them.
-- params: moment timestamp
CREATE OR REPLACE TEMP TABLE removed_row AS
SELECT
    source_id,
    line_no
FROM trace.replaced_observation
WHERE time_utc < $moment
