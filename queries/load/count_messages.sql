-- title: Messages in a trace file
-- help: All of them, and those of one source.
-- params: source_id integer
SELECT
    coalesce(sum(messages), 0) AS all_messages,
    coalesce(sum(messages) FILTER (WHERE source_id = $source_id), 0) AS of_source
FROM trace.message
