-- title: Days whose messages a source shares with files whose records were not stored
-- help: Loaded before version 6 of the schema: without these records, messages that other files contain too would be lost with the source. Each day with the files.
-- params: source_id integer
SELECT
    cast(message.time_utc AS DATE) AS day,
    string_agg(DISTINCT source.path, ', ' ORDER BY source.path) AS paths
FROM trace.legacy_duplicate AS duplicate
INNER JOIN trace.message ON duplicate.hop_key = message.hop_key
INNER JOIN trace.source ON duplicate.source_id = source.source_id
WHERE message.source_id = $source_id AND duplicate.source_id <> $source_id
GROUP BY day
ORDER BY day
