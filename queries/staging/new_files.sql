-- title: Files that are about to be read
-- help: Of one scan; their source numbers count up. Rows are counted when they have been read.
-- params: first_source_id integer, skip integer, modified_utc timestamps, zone text
INSERT INTO read_file BY NAME
SELECT
    cast($first_source_id + unnest(range(len($modified_utc))) AS INTEGER) AS source_id,
    $skip AS skipped,
    0 AS row_count,
    unnest($modified_utc) AS modified_utc,
    $zone AS log_zone,
    FALSE AS day_first,
    FALSE AS is_cut
