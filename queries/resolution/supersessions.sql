-- title: The message that supersedes each superseded one
-- help: A list that does not record directions may be superseded by another list, which is superseded by a log.
CREATE OR REPLACE TEMP VIEW supersession AS
SELECT
    superseded.message_no,
    coalesce(next_one.superseding_no, superseded.superseding_no) AS final_no,
    superseded.confidence_rank,
    superseded.distance_ms
FROM superseded
LEFT JOIN superseded AS next_one ON superseded.superseding_no = next_one.message_no
