-- title: The counts of each source
-- help: Messages in the flow, other stored messages (rejected, submissions, internal, …), observations of hops that another observation represents, rejected lines, and the first and last time of its observations.
UPDATE trace.source SET
    message_count = trace.source.message_count + coalesce(changed.in_flow, 0),
    other_count = trace.source.other_count + coalesce(changed.others, 0),
    already_counted = trace.source.already_counted + coalesce(changed.already_counted, 0),
    row_count = coalesce(counted.row_count, trace.source.row_count),
    reject_count = coalesce(rejected.reject_count, 0),
    first_utc = least(trace.source.first_utc, seen.first_utc),
    last_utc = greatest(trace.source.last_utc, seen.last_utc)
FROM trace.source AS again
LEFT JOIN (
    SELECT
        source_id,
        cast(sum(in_flow) AS BIGINT) AS in_flow,
        cast(sum(others) AS BIGINT) AS others,
        cast(sum(already_counted) AS BIGINT) AS already_counted
    FROM source_change
    GROUP BY source_id
) AS changed ON again.source_id = changed.source_id
LEFT JOIN (
    SELECT
        source_id,
        min(time_utc) AS first_utc,
        max(time_utc) AS last_utc
    FROM new_key
    GROUP BY source_id
) AS seen ON again.source_id = seen.source_id
LEFT JOIN (SELECT source_id, row_count FROM read_file WHERE row_count > 0) AS counted ON again.source_id = counted.source_id
LEFT JOIN (
    SELECT
        source_id,
        count(*) AS reject_count
    FROM trace.reject
    GROUP BY source_id
) AS rejected ON again.source_id = rejected.source_id
WHERE trace.source.source_id = again.source_id
