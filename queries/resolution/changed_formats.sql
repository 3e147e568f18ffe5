-- title: Formats whose rules are others now
-- help: Their file was changed, or another version of the program has them, since sources of them were loaded.
CREATE OR REPLACE TEMP TABLE changed_format AS
SELECT known.format
FROM trace.source_format AS known
INNER JOIN format_rule AS rule ON known.format = rule.format
WHERE
    known.detail IS DISTINCT FROM rule.detail OR known.system IS DISTINCT FROM rule.system OR known.list_level <> rule.list_level
    OR known.pairs_by_session <> rule.pairs_by_session OR known.infers_clear_text <> rule.infers_clear_text
    OR known.decides_direction_by_domain <> rule.decides_direction_by_domain OR known.finds_own_addresses <> rule.finds_own_addresses
    OR known.earliest_receipt_counts <> rule.earliest_receipt_counts OR known.recorded_receipt_first <> rule.recorded_receipt_first
    OR known.infers_from_deliveries <> rule.infers_from_deliveries
    OR known.shows_clear_text IS DISTINCT FROM rule.shows_clear_text
    OR known.connectors_from_settings IS DISTINCT FROM rule.connectors_from_settings
