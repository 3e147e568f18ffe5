-- title: Rows that are older than the retention date
-- help: They are counted in the note of their source, and not stored.
UPDATE trace.source SET
    note = concat_ws('; ', note, old_row.messages || ' messages older than ' || cast(cast(getvariable('kept_from') AS DATE) AS VARCHAR) || ' not stored')
FROM (
    SELECT
        source_id,
        cast(sum(coalesce(cast(messages AS BIGINT), 1)) AS BIGINT) AS messages
    FROM incoming
    WHERE problem IS NULL AND time_utc < getvariable('kept_from')
    GROUP BY source_id
) AS old_row
WHERE trace.source.source_id = old_row.source_id
