-- title: The rules of each source for resolution
-- help: The rules of a source are those of its format. detail is the rank of the format, from the least to the most detailed one.
CREATE OR REPLACE TEMP TABLE source_rule AS
SELECT
    source.source_id,
    source.format,
    CASE WHEN rule.detail IS NULL THEN 0 ELSE dense_rank() OVER (ORDER BY rule.detail NULLS FIRST, rule.format) END AS detail,
    coalesce(rule.infers_clear_text, FALSE) AS infers_clear_text,
    coalesce(rule.decides_direction_by_domain, FALSE) AS by_domain,
    coalesce(rule.finds_own_addresses, FALSE) AS finds_own_addresses,
    coalesce(rule.list_level, 0) AS list_level,
    coalesce(rule.pairs_by_session, FALSE) AS pairs_by_session,
    coalesce(rule.earliest_receipt_counts, FALSE) AS earliest_receipt_counts,
    coalesce(rule.recorded_receipt_first, FALSE) AS recorded_receipt_first,
    coalesce(rule.infers_from_deliveries, FALSE) AS infers_from_deliveries,
    rule.system
FROM trace.source
LEFT JOIN trace.source_format AS rule ON source.format = rule.format
