-- title: A new source
-- help: What it brought is counted at the end of its load.
-- params: source_id integer, path text, format text, recognised_by text, encoding text, note text, grain text, sha256 text, size_bytes integer, modified_utc timestamp, loaded_at_utc timestamp
INSERT INTO trace.source BY NAME
SELECT
    $source_id AS source_id,
    $path AS path,
    $format AS format,
    $recognised_by AS recognised_by,
    $encoding AS encoding,
    $note AS note,
    $grain AS grain,
    $sha256 AS sha256,
    $size_bytes AS size_bytes,
    $modified_utc AS modified_utc,
    $loaded_at_utc AS loaded_at_utc,
    0 AS row_count,
    0 AS message_count,
    0 AS other_count,
    0 AS already_counted,
    0 AS reject_count
