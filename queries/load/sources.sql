-- title: Loaded sources
-- help: Which contents a trace file has, by their number.
-- result: LoadedSource
SELECT
    source_id,
    path,
    sha256,
    size_bytes,
    format
FROM trace.source
ORDER BY source_id
