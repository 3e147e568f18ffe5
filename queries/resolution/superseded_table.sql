-- title: Messages that are superseded by a better record
-- help: Empty at first; resolution/best_pairs fills it.
CREATE OR REPLACE TEMP TABLE superseded (
    message_no BIGINT, better_no BIGINT, sureness INTEGER, is_one_to_one BOOLEAN, apart_ms BIGINT
)
