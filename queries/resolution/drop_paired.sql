-- title: Remaining pairs
-- help: Without the messages that are already paired.
DELETE FROM pair
WHERE
    message_no IN (SELECT message_no FROM superseded)
    OR (is_one_to_one AND superseding_no IN (SELECT superseding_no FROM superseded WHERE is_one_to_one))
