-- title: What matters of a Haraka log
-- help: How a connection was secured, how it ended, and what was delivered.
-- into: raw
SELECT
    source_id,
    kind,
    CASE
        WHEN kind IS NOT NULL THEN syslog_utc(
            regexp_extract(line, '^(\d{4}-\d\d-\d\d[T ]\S+|[A-Z][a-z]{2} +\d+ \d\d:\d\d:\d\d)', 1),
            modified_utc, log_zone
        )
    END AS time_utc,
    CASE WHEN kind IS NOT NULL THEN regexp_extract(line, '\[([0-9A-F]{8}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{12})', 1, 'i') END AS session_id,
    CASE WHEN kind IS NOT NULL THEN line END AS text
FROM (
    SELECT
        *,
        CASE
            WHEN line IS NULL THEN NULL
            WHEN contains(line, ' secured: ') THEN 'tls'
            WHEN contains(line, '[core] disconnect ') THEN 'end'
            WHEN contains(line, '[outbound] delivered ') THEN 'delivered'
        END AS kind
    FROM file_row
    CROSS JOIN (SELECT max(modified_utc) AS modified_utc, any_value(log_zone) AS log_zone FROM read_file)
)
