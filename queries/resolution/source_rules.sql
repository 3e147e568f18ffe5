-- title: What resolution needs to know of each source
-- help: The rules of a source are those of its format's header; how detailed a format is, is its place in by_detail.
-- params: by_detail texts, clear_text texts, by_domain texts, own_addresses texts, lists texts, plain_lists texts, earliest texts, recorded_first texts, deliveries texts
CREATE OR REPLACE TEMP TABLE source_rule AS
SELECT
    source_id,
    format,
    coalesce(list_position($by_detail, format), 0) AS detail,
    list_contains($clear_text, format) AS infers_clear_text,
    list_contains($by_domain, format) AS by_domain,
    list_contains($own_addresses, format) AS finds_own_addresses,
    -- 2: a list that does not record directions gives way to every other file, 1: a list gives way to logs.
    CASE WHEN list_contains($plain_lists, format) THEN 2 WHEN list_contains($lists, format) THEN 1 ELSE 0 END AS list_level,
    list_contains($earliest, format) AS earliest_receipt_counts,
    list_contains($recorded_first, format) AS recorded_receipt_first,
    list_contains($deliveries, format) AS infers_from_deliveries
FROM trace.source
