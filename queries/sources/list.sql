-- title: Sources
-- help: Each file that was loaded: its format, messages in the flow, other messages, rejected lines, daily totals that are stored but not counted, and rows that are no messages with the table that contains them.
-- result: SourceRow
WITH superseded AS (
    SELECT
        hop.source_id,
        cast(sum(hop.messages) AS BIGINT) AS messages
    FROM message AS hop
    INNER JOIN superseded_total AS superseded_day
        ON
            cast(hop.stored_utc AS DATE) = superseded_day.day AND hop.direction = superseded_day.direction AND hop.system = superseded_day.system
            AND hop.connector IS NOT DISTINCT FROM superseded_day.connector
    WHERE hop.grain = 'day' AND hop.is_transferred
    GROUP BY hop.source_id
),

in_table AS (
    SELECT
        source_id,
        'connector' AS kept_in,
        count(*) AS table_rows
    FROM trace.connector
    GROUP BY source_id
    UNION ALL
    SELECT
        source_id,
        'own_domain' AS kept_in,
        count(*) AS table_rows
    FROM trace.own_domain
    GROUP BY source_id
    UNION ALL
    SELECT
        source_id,
        'tls_report' AS kept_in,
        count(*) AS table_rows
    FROM trace.tls_report
    GROUP BY source_id
)

SELECT
    source.source_id,
    source.path,
    source.format,
    source.recognised_by,
    source.note,
    source.grain,
    source.sha256,
    source.size_bytes,
    source.row_count,
    source.message_count,
    source.other_count,
    coalesce(superseded.messages, 0) AS not_counted,
    source.already_counted,
    source.reject_count,
    source.first_utc,
    source.last_utc,
    source.loaded_at_utc,
    in_table.kept_in,
    coalesce(in_table.table_rows, 0) AS table_rows,
    rule.system,
    rule.tls_from
FROM source
LEFT JOIN trace.source_format AS rule ON source.format = rule.format
LEFT JOIN superseded ON source.source_id = superseded.source_id
LEFT JOIN in_table ON source.source_id = in_table.source_id
ORDER BY source.source_id
