-- title: Messages of Proofpoint's maillog that are whole in no file
-- help: The events of each queue id without its from= event, with recipients to come, or in two files. What is handed to the gateway itself is no recipient and may follow in the next file, so the last from= events of a file wait too, as evidence.
WITH event AS (
    SELECT
        source_id,
        line_no,
        time_utc,
        queue_id,
        json_type(item, '$.sm.from') IS NOT NULL AS is_from,
        coalesce(try_cast(item ->> '$.sm.nrcpts' AS INTEGER), 1) AS recipients,
        CASE WHEN (item ->> '$.sm.stat') ILIKE 'deferred%' OR (item ->> '$.sm.dsn') LIKE '4%' THEN 0 ELSE len(addresses_of(list_at(item, '$.sm.to'))) END AS done
    FROM raw
    WHERE queue_id IS NOT NULL
),

edge AS (SELECT source_id, max(time_utc) AS last_utc FROM event GROUP BY source_id)

SELECT
    unnest(list(line_no)) AS line_no,
    FALSE AS is_evidence
FROM event
GROUP BY queue_id
HAVING
    (
        min(source_id) = max(source_id) AND bool_or(is_from)
        AND coalesce(sum(done) FILTER (WHERE NOT is_from), 0) >= max(recipients) FILTER (WHERE is_from)
    ) IS NOT TRUE
UNION ALL
SELECT
    event.line_no,
    TRUE AS is_evidence
FROM event INNER JOIN edge ON event.source_id = edge.source_id
WHERE event.is_from AND event.time_utc >= edge.last_utc - INTERVAL 10 MINUTE
