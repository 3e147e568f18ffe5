-- title: Own domains are written
-- help: The rows of a format that are no messages, with defaults.
INSERT INTO trace.own_domain BY NAME
SELECT
    domain,
    source_id,
    line_no
FROM incoming
WHERE problem IS NULL
