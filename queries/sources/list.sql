-- title: Sources
-- help: Each file that was loaded: its format, messages in the flow, other messages, rejected lines, and daily totals that are kept but not counted.
-- result: SourceRow
WITH counted AS (
    SELECT DISTINCT
        direction,
        connector,
        day
    FROM flow
    WHERE grain = 'message'
),

superseded AS (
    SELECT
        total.source_id,
        cast(sum(total.messages) AS BIGINT) AS messages
    FROM message AS total
    INNER JOIN counted
        ON
            total.direction = counted.direction AND total.connector IS NOT DISTINCT FROM counted.connector
            AND cast(total.time_utc AS DATE) = counted.day
    WHERE total.grain = 'day'
    GROUP BY total.source_id
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
    source.loaded_at_utc
FROM source
LEFT JOIN superseded ON source.source_id = superseded.source_id
ORDER BY source.source_id
