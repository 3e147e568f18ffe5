-- title: Pairs that are left
-- help: Without those of messages that have found theirs.
DELETE FROM pair
WHERE
    message_no IN (SELECT message_no FROM superseded)
    OR (is_one_to_one AND better_no IN (SELECT better_no FROM superseded WHERE is_one_to_one))
