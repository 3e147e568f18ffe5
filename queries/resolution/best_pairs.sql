-- title: Pairs of which each is the other's best
-- help: There is always one while pairs are left. Ties are broken by the messages' numbers, which are derived from their content.
INSERT INTO superseded
SELECT * FROM pair
QUALIFY
    row_number() OVER (PARTITION BY message_no ORDER BY confidence_rank, distance_ms, message_no, superseding_no) = 1
    AND (
        NOT is_one_to_one
        OR row_number() OVER (PARTITION BY superseding_no ORDER BY confidence_rank, distance_ms, message_no, superseding_no) = 1
    )
