-- title: The last rows before messages are written
-- help: Rows after them were written by this change.
SELECT
    (SELECT coalesce(max(rowid), -1) FROM trace.message) AS last_message,
    (SELECT coalesce(max(rowid), -1) FROM trace.replaced_observation) AS last_observation
