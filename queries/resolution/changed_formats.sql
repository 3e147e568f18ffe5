-- title: Formats whose rules changed
-- help: Since sources of them were loaded, their file or the program version changed.
CREATE OR REPLACE TEMP TABLE changed_format AS
SELECT stored.format
FROM trace.source_format AS stored
INNER JOIN format_rule AS rule ON stored.format = rule.format
WHERE
    stored.detail IS DISTINCT FROM rule.detail OR stored.system IS DISTINCT FROM rule.system OR stored.list_level <> rule.list_level
    OR stored.pairs_by_session <> rule.pairs_by_session OR stored.infers_clear_text <> rule.infers_clear_text
    OR stored.decides_direction_by_domain <> rule.decides_direction_by_domain OR stored.finds_own_addresses <> rule.finds_own_addresses
    OR stored.earliest_receipt_counts <> rule.earliest_receipt_counts OR stored.recorded_receipt_first <> rule.recorded_receipt_first
    OR stored.infers_from_deliveries <> rule.infers_from_deliveries
    OR stored.shows_clear_text IS DISTINCT FROM rule.shows_clear_text
    OR stored.connectors_from_settings IS DISTINCT FROM rule.connectors_from_settings
