-- title: Messages of Proofpoint's maillog that no file contains completely
-- help: The events of each queue id without its from= event, with undelivered recipients, or in two files. A delivery to the gateway itself is no recipient and may be in the next file, so the last from= events of a file are pending too, as evidence.
WITH events AS (
    SELECT
        source_id,
        line_no,
        time_utc,
        queue_id,
        json_type(item, '$.sm.from') IS NOT NULL AS is_from,
        coalesce(try_cast(item ->> '$.sm.nrcpts' AS INTEGER), 1) AS recipients,
        CASE WHEN (item ->> '$.sm.stat') ILIKE 'deferred%' OR (item ->> '$.sm.dsn') LIKE '4%' THEN 0 ELSE len(addresses_of(list_at(item, '$.sm.to'))) END AS delivered_recipients
    FROM raw
    WHERE queue_id IS NOT NULL
),

file_ends AS (SELECT source_id, max(time_utc) AS last_utc FROM events GROUP BY source_id)

SELECT
    unnest(list(line_no)) AS line_no,
    FALSE AS is_evidence
FROM events
GROUP BY queue_id
HAVING
    (
        min(source_id) = max(source_id) AND bool_or(is_from)
        AND coalesce(sum(delivered_recipients) FILTER (WHERE NOT is_from), 0) >= max(recipients) FILTER (WHERE is_from)
    ) IS NOT TRUE
UNION ALL
SELECT
    events.line_no,
    TRUE AS is_evidence
FROM events INNER JOIN file_ends ON events.source_id = file_ends.source_id
WHERE events.is_from AND events.time_utc >= file_ends.last_utc - INTERVAL 10 MINUTE
