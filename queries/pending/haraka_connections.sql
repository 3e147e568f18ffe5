-- title: Haraka connections whose end is in another file
-- help: A secured line is pending until the end of its connection, or until the delivery of its outgoing mail, which may be retried later; an end without its secured line is pending too.
WITH connection_parts AS (
    SELECT
        session_id,
        source_id,
        bool_or(kind = 'tls' OR kind = 'out tls') AS has_tls,
        max_by(kind, (time_utc, line_no)) IN ('end', 'out delivered') AS has_end,
        bool_or(regexp_matches(text, '\btls="?(Y|true)')) AS wants_tls
    FROM raw
    WHERE kind IS NOT NULL
    GROUP BY session_id, source_id
),

complete_connections AS (
    SELECT session_id FROM connection_parts WHERE has_end AND (has_tls OR NOT wants_tls)
)

SELECT line_no FROM raw WHERE kind IS NOT NULL AND session_id NOT IN (SELECT session_id FROM complete_connections)
