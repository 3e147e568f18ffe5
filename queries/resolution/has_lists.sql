-- title: Whether lists of messages are loaded
-- help: is_linked: records are linked by their identifiers. has_plain_lists: there is a list that other lists supersede.
SELECT
    coalesce(bool_or(list_level > 0 OR infers_from_deliveries), FALSE) AS is_linked,
    coalesce(bool_or(list_level = 2), FALSE) AS has_plain_lists
FROM source_rule
