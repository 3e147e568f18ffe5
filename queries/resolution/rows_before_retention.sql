-- title: Rows that are older than the retention date
-- help: They are not stored; how many of each source.
INSERT INTO before_retention (source_id, messages)
SELECT
    source_id,
    cast(sum(coalesce(cast(messages AS BIGINT), 1)) AS BIGINT) AS messages
FROM incoming
WHERE problem IS NULL AND time_utc < getvariable('kept_from')
GROUP BY source_id
