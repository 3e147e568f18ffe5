-- title: The total counts of new sources
-- help: Messages in the flow and rejected lines of the sources from a number on.
-- params: first_source_id integer
SELECT
    coalesce(sum(message_count), 0) AS messages,
    coalesce(sum(reject_count), 0) AS rejects
FROM trace.source
WHERE source_id >= $first_source_id
