-- title: What each new source brought
-- help: And each older one that had rows waiting. Messages in the flow, other messages that are kept (refused, submissions, internal, …), hops that another source had counted, rejected lines.
-- params: first_source_id integer, every boolean
UPDATE trace.source SET
    row_count = CASE
        WHEN again.source_id < $first_source_id THEN again.row_count
        ELSE coalesce((SELECT read_file.row_count FROM read_file WHERE read_file.source_id = trace.source.source_id), 0)
    END,
    message_count = coalesce(counted.in_flow, 0),
    other_count = coalesce(counted.others, 0),
    first_utc = counted.first_utc,
    last_utc = counted.last_utc,
    reject_count = (SELECT count(*) FROM trace.reject WHERE trace.reject.source_id = trace.source.source_id)
FROM trace.source AS again
LEFT JOIN (
    SELECT
        source_id,
        cast(sum(messages) FILTER (WHERE direction IN ('inbound', 'outbound') AND status IN ('accepted', 'handed over')) AS BIGINT) AS in_flow,
        cast(sum(messages) FILTER (WHERE NOT (direction IN ('inbound', 'outbound') AND status IN ('accepted', 'handed over'))) AS BIGINT) AS others,
        min(time_utc) AS first_utc,
        max(time_utc) AS last_utc
    FROM trace.message
    WHERE $every OR source_id >= $first_source_id OR source_id IN (SELECT source_id FROM waiting)
    GROUP BY source_id
) AS counted ON again.source_id = counted.source_id
WHERE trace.source.source_id = again.source_id AND ($every OR again.source_id >= $first_source_id OR again.source_id IN (SELECT source_id FROM waiting))
