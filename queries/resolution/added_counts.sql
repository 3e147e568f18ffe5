-- title: Current counts of each source and day
-- params: last_message integer, last_observation integer
-- help: As resolution/subtracted_counts, of the rows after the previous last rows.
INSERT INTO source_change
SELECT
    source_id,
    cast(time_utc AS DATE) AS day,
    sum(CASE WHEN is_edge_direction(direction) AND is_transferred(status) THEN messages ELSE 0 END) AS in_flow,
    sum(CASE WHEN is_edge_direction(direction) AND is_transferred(status) THEN 0 ELSE messages END) AS others,
    sum(CASE WHEN is_merged THEN -1 ELSE 0 END) AS already_counted
FROM trace.message
WHERE rowid > $last_message
GROUP BY ALL
UNION ALL
SELECT
    source_id,
    NULL AS day,
    0 AS in_flow,
    0 AS others,
    count(*) FILTER (WHERE messages > 0) AS already_counted
FROM trace.replaced_observation
WHERE rowid > $last_observation
GROUP BY ALL
