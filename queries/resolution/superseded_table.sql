-- title: Messages that are superseded by a better record
-- help: Empty at first; resolution/best_pairs fills it.
CREATE OR REPLACE TEMP TABLE superseded (
    message_no BIGINT, superseding_no BIGINT, confidence_rank INTEGER, is_one_to_one BOOLEAN, distance_ms BIGINT
)
