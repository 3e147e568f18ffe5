-- title: Maillog events of Proofpoint
-- help: One row for each JSON object, with its time and its queue id; events with the same queue id belong to one message. is_evidence is FALSE because no row was completely read by an earlier load.
-- into: raw
SELECT
    source_id,
    file_columns,
    item,
    json_time(item ->> '$.ts') AS time_utc,
    item ->> '$.sm.qid' AS queue_id,
    FALSE AS is_evidence
FROM file_row
