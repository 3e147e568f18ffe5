-- title: Messages of a sendmail log that no file contains completely
-- help: The lines of each queue id without its from= line or with undelivered recipients; lines of a file's first hour whose TLS line may be in the file before; TLS lines of its last hour whose message may be in the next file; and its first and last line, which limit its time span.
WITH file_spans AS (FROM sendmail_spans('raw')),

early_lines AS MATERIALIZED (
    SELECT raw.*
    FROM raw INNER JOIN file_spans ON raw.source_id = file_spans.source_id AND split_part(raw.who, ' ', 2) = file_spans.server
    WHERE raw.time_utc < file_spans.first_utc + INTERVAL 1 HOUR
),

-- A TLS line is valid for an hour. If the start or the TLS line of a connection is in this file, or the message line has its TLS, earlier files do not matter.
first_tls_lines AS (SELECT source_id, who, peer, min(time_utc) AS time_utc FROM early_lines WHERE kind IN ('connect', 'tls', 'tls out') GROUP BY ALL),

messages_without_tls AS (
    SELECT DISTINCT
        early_lines.queue_id,
        split_part(early_lines.who, ' ', 2) AS server
    FROM early_lines
    LEFT JOIN first_tls_lines ON early_lines.source_id = first_tls_lines.source_id AND early_lines.who = first_tls_lines.who AND early_lines.peer = first_tls_lines.peer AND early_lines.time_utc >= first_tls_lines.time_utc
    WHERE
        first_tls_lines.who IS NULL AND early_lines.peer IS NOT NULL
        AND CASE
            WHEN early_lines.kind = 'from'
                THEN contains(early_lines.peer, '[') AND (sendmail_field(early_lines.text, 'tls_version') IS NULL OR sendmail_field(early_lines.text, 'auth') <> 'NONE')
            WHEN early_lines.kind = 'to' THEN sendmail_field(early_lines.text, 'tls_version') IS NULL
        END
),

messages AS (
    SELECT
        raw.queue_id,
        file_spans.server,
        min(raw.source_id) = max(raw.source_id) AND bool_or(raw.kind = 'from') AND min(raw.time_utc) >= min(file_spans.first_utc) + INTERVAL 5 MINUTE
        AND max(raw.time_utc) < min(file_spans.last_utc)
        AND coalesce(
            sum(len(sendmail_recipients(substr(raw.text, 4)))) FILTER (
                WHERE raw.kind = 'to' AND (sendmail_status(raw.text) = 'delivered' OR sendmail_status(raw.text) = 'bounced')
            ), 0
        ) >= max(coalesce(try_cast(sendmail_field(raw.text, 'nrcpts') AS INTEGER), 0)) FILTER (WHERE raw.kind = 'from') AS is_whole
    FROM raw INNER JOIN file_spans ON raw.source_id = file_spans.source_id AND split_part(raw.who, ' ', 2) = file_spans.server
    WHERE raw.queue_id IS NOT NULL
    GROUP BY ALL
),

pending_lines AS (
    SELECT raw.line_no, raw.who, raw.peer, raw.time_utc
    FROM raw INNER JOIN messages ON raw.queue_id = messages.queue_id AND split_part(raw.who, ' ', 2) = messages.server
    WHERE messages.is_whole IS NOT TRUE OR (raw.queue_id, split_part(raw.who, ' ', 2)) IN (SELECT (queue_id, server) FROM messages_without_tls)
)

SELECT line_no FROM pending_lines
UNION
SELECT raw.line_no
FROM raw INNER JOIN pending_lines ON raw.who = pending_lines.who AND raw.peer = pending_lines.peer
WHERE
    raw.kind IN ('connect', 'tls', 'tls out', 'auth')
    AND raw.time_utc BETWEEN pending_lines.time_utc - INTERVAL 1 HOUR AND pending_lines.time_utc
UNION
SELECT raw.line_no
FROM raw INNER JOIN file_spans ON raw.source_id = file_spans.source_id AND split_part(raw.who, ' ', 2) = file_spans.server
WHERE
    (raw.kind IN ('connect', 'tls', 'tls out', 'auth') AND raw.time_utc >= file_spans.last_utc - INTERVAL 1 HOUR)
    OR raw.time_utc = file_spans.first_utc OR raw.time_utc = file_spans.last_utc
