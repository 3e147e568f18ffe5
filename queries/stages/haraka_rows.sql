-- title: Relevant lines of a Haraka log
-- help: TLS and end of connections, and delivery results. The id of an outgoing mail is its connection's id followed by numbers.
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
    CASE WHEN kind LIKE 'out %' THEN line_fields.connection || line_fields.transaction_numbers WHEN kind IS NOT NULL THEN line_fields.connection END AS session_id,
    CASE WHEN kind IS NOT NULL THEN line_fields.rest END AS text
FROM (
    SELECT
        *,
        CASE
            WHEN line_fields.plugin = 'tls' AND line_fields.event = 'secured' THEN 'tls'
            WHEN line_fields.plugin = 'core' AND line_fields.event = 'disconnect' THEN 'end'
            WHEN line_fields.plugin <> 'outbound' THEN NULL
            WHEN line_fields.event = 'secured' THEN 'out tls'
            WHEN line_fields.event = 'delivered' THEN 'out delivered'
            WHEN line_fields.event <> '' THEN 'out failed'
        END AS kind
    FROM (
        SELECT
            *,
            CASE
                WHEN
                    contains(line, '] secured') OR contains(line, '] disconnect ') OR contains(line, '] delivered ') OR contains(line, ']  delivered ')
                    OR contains(line, ']  secured') OR contains(line, '] Temp failing ') OR contains(line, 'ouncing mail')
                    THEN regexp_extract(
                        line,
                        '^[^\[]*(?:\[\d+\]: )?\[(?:INFO|NOTICE)\] \[([0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})((?:\.\d+)*)\] \[(\w+)\] +(secured|disconnect|delivered|Temp failing|[Bb]ouncing mail)\b(.*)',
                        ['connection', 'transaction_numbers', 'plugin', 'event', 'rest']
                    )
            END AS line_fields
        FROM file_row
        CROSS JOIN (SELECT max(modified_utc) AS modified_utc, any_value(log_zone) AS log_zone FROM read_file)
    )
)
