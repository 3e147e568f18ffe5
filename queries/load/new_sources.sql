-- title: New sources
-- help: The parameters are columns: a list each, one value a source. What the sources brought is counted at the end of their load.
-- params: source_id integers, path texts, format texts, recognised_by texts, encoding texts, note texts, grain texts, sha256 texts, size_bytes integers, modified_utc timestamps, now timestamp
INSERT INTO trace.source BY NAME
SELECT
    unnest($source_id) AS source_id,
    unnest($path) AS path,
    unnest($format) AS format,
    unnest($recognised_by) AS recognised_by,
    unnest($encoding) AS encoding,
    unnest($note) AS note,
    unnest($grain) AS grain,
    unnest($sha256) AS sha256,
    unnest($size_bytes) AS size_bytes,
    unnest($modified_utc) AS modified_utc,
    $now AS loaded_at_utc,
    0 AS row_count,
    0 AS message_count,
    0 AS other_count,
    0 AS already_counted,
    0 AS reject_count
