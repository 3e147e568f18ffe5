-- title: A new source
-- help: What it brought is counted at the end of its load.
-- params: source_id integer, path text, format text, recognised_by text, encoding text, note text, grain text, sha256 text, size_bytes integer, modified_utc timestamp, loaded_at_utc timestamp
INSERT INTO trace.source (
    source_id, path, format, recognised_by, encoding, note, grain, sha256, size_bytes, modified_utc, loaded_at_utc,
    row_count, message_count, other_count, already_counted, reject_count
)
VALUES (
    $source_id, $path, $format, $recognised_by, $encoding, $note, $grain, $sha256, $size_bytes, $modified_utc, $loaded_at_utc,
    0, 0, 0, 0, 0
)
