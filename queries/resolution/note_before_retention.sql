-- title: How many rows of a source are older than the retention date
-- help: In the note of the source.
UPDATE trace.source SET
    note = concat_ws('; ', note, before_retention.messages || ' messages older than ' || cast(cast(getvariable('kept_from') AS DATE) AS VARCHAR) || ' not stored')
FROM before_retention
WHERE trace.source.source_id = before_retention.source_id
