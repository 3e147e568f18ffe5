-- title: Maillog events of Proofpoint
-- help: Each object with its time and queue id, which joins the events of one message.
-- into: raw
SELECT
    source_id,
    file_columns,
    item,
    json_time(item ->> '$.ts') AS time_utc,
    item ->> '$.sm.qid' AS queue_id,
    FALSE AS is_evidence
FROM file_row
