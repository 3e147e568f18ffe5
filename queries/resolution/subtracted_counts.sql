-- title: Counts subtracted from each source and day before it is resolved again
-- help: Negative counts of the affected rows: in_flow (counted messages), others, already_counted (observations that another source's message represents; all observations of a merged message are in replaced_observation, so one less is counted).
CREATE OR REPLACE TEMP TABLE source_change AS
SELECT
    source_id,
    cast(time_utc AS DATE) AS day,
    -sum(CASE WHEN is_edge_direction(direction) AND is_transferred(status) THEN messages ELSE 0 END) AS in_flow,
    -sum(CASE WHEN is_edge_direction(direction) AND is_transferred(status) THEN 0 ELSE messages END) AS others,
    sum(CASE WHEN is_merged THEN 1 ELSE 0 END) AS already_counted
FROM trace.message
WHERE rowid IN (SELECT row_no FROM affected_message)
GROUP BY ALL
UNION ALL
SELECT
    source_id,
    NULL AS day,
    0 AS in_flow,
    0 AS others,
    -count(*) FILTER (WHERE messages > 0) AS already_counted
FROM trace.replaced_observation
WHERE rowid IN (SELECT row_no FROM affected_observation)
GROUP BY ALL
