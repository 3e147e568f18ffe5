-- title: Messages of a log of sendmail that are whole in no file
-- help: The lines of each queue id without its from= line or with recipients to come, those of a file's first hour whose TLS line may stand before it, of its last hour the lines on TLS whose message is to come, and its first and last line, which tell how far it reaches.
WITH span AS (FROM sendmail_spans('raw')),

begun AS MATERIALIZED (
    SELECT raw.*
    FROM raw INNER JOIN span ON raw.source_id = span.source_id AND split_part(raw.who, ' ', 2) = span.server
    WHERE raw.time_utc < span.first_utc + INTERVAL 1 HOUR
),

-- A TLS line counts for an hour. Where a connection shows its begin or its TLS line in this file, or the message itself tells, no file before matters.
shown AS (SELECT source_id, who, peer, min(time_utc) AS time_utc FROM begun WHERE kind IN ('connect', 'tls', 'tls out') GROUP BY ALL),

doubtful AS (
    SELECT DISTINCT
        begun.queue_id,
        split_part(begun.who, ' ', 2) AS server
    FROM begun
    LEFT JOIN shown ON begun.source_id = shown.source_id AND begun.who = shown.who AND begun.peer = shown.peer AND begun.time_utc >= shown.time_utc
    WHERE
        shown.who IS NULL AND begun.peer IS NOT NULL
        AND CASE
            WHEN begun.kind = 'from'
                THEN contains(begun.peer, '[') AND (sendmail_field(begun.text, 'tls_version') IS NULL OR sendmail_field(begun.text, 'auth') <> 'NONE')
            WHEN begun.kind = 'to' THEN sendmail_field(begun.text, 'tls_version') IS NULL
        END
),

letter AS (
    SELECT
        raw.queue_id,
        span.server,
        min(raw.source_id) = max(raw.source_id) AND bool_or(raw.kind = 'from') AND min(raw.time_utc) >= min(span.first_utc) + INTERVAL 5 MINUTE
        AND max(raw.time_utc) < min(span.last_utc)
        AND coalesce(
            sum(len(sendmail_recipients(substr(raw.text, 4)))) FILTER (
                WHERE raw.kind = 'to' AND (sendmail_status(raw.text) = 'delivered' OR sendmail_status(raw.text) = 'bounced')
            ), 0
        ) >= max(coalesce(try_cast(sendmail_field(raw.text, 'nrcpts') AS INTEGER), 0)) FILTER (WHERE raw.kind = 'from') AS is_whole
    FROM raw INNER JOIN span ON raw.source_id = span.source_id AND split_part(raw.who, ' ', 2) = span.server
    WHERE raw.queue_id IS NOT NULL
    GROUP BY ALL
),

waiting AS (
    SELECT raw.line_no, raw.who, raw.peer, raw.time_utc
    FROM raw INNER JOIN letter ON raw.queue_id = letter.queue_id AND split_part(raw.who, ' ', 2) = letter.server
    WHERE letter.is_whole IS NOT TRUE OR (raw.queue_id, split_part(raw.who, ' ', 2)) IN (SELECT (queue_id, server) FROM doubtful)
)

SELECT line_no FROM waiting
UNION
SELECT raw.line_no
FROM raw INNER JOIN waiting ON raw.who = waiting.who AND raw.peer = waiting.peer
WHERE
    raw.kind IN ('connect', 'tls', 'tls out', 'auth')
    AND raw.time_utc BETWEEN waiting.time_utc - INTERVAL 1 HOUR AND waiting.time_utc
UNION
SELECT raw.line_no
FROM raw INNER JOIN span ON raw.source_id = span.source_id AND split_part(raw.who, ' ', 2) = span.server
WHERE
    (raw.kind IN ('connect', 'tls', 'tls out', 'auth') AND raw.time_utc >= span.last_utc - INTERVAL 1 HOUR)
    OR raw.time_utc = span.first_utc OR raw.time_utc = span.last_utc
