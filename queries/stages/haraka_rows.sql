-- title: What matters of a Haraka log
-- help: How a connection was secured, how it ended, and what was delivered or not. A mail on its way out has its connection's id and numbers behind it.
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
    CASE WHEN kind LIKE 'out %' THEN said.connection || said.turns WHEN kind IS NOT NULL THEN said.connection END AS session_id,
    CASE WHEN kind IS NOT NULL THEN said.rest END AS text
FROM (
    SELECT
        *,
        CASE
            WHEN said.plugin = 'tls' AND said.word = 'secured' THEN 'tls'
            WHEN said.plugin = 'core' AND said.word = 'disconnect' THEN 'end'
            WHEN said.plugin <> 'outbound' THEN NULL
            WHEN said.word = 'secured' THEN 'out tls'
            WHEN said.word = 'delivered' THEN 'out delivered'
            WHEN said.word <> '' THEN 'out failed'
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
                        ['connection', 'turns', 'plugin', 'word', 'rest']
                    )
            END AS said
        FROM file_row
        CROSS JOIN (SELECT max(modified_utc) AS modified_utc, any_value(log_zone) AS log_zone FROM read_file)
    )
)
