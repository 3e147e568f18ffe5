-- title: Remaining pairs
-- help: Without the messages that are already paired.
DELETE FROM pair
WHERE
    message_no IN (SELECT message_no FROM superseded)
    OR (is_one_to_one AND better_no IN (SELECT better_no FROM superseded WHERE is_one_to_one))
