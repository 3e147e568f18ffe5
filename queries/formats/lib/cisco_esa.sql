-- title: Cisco Secure Email Gateway: lines by connection and message
-- help: The appliance restarts its connection and message numbers, so a number identifies a connection only for a while.

-- Return the lines that matter with connection_use_no (of the ICID or DCID) and mid_use_no: how often the appliance has used that number so far. A
-- connection starts with its first line; if no file contains that line, it starts after an hour without lines, or after a close.
-- Each line without a number gets its own partition: a window over all of them would take quadratic time.
CREATE OR REPLACE MACRO cisco_esa_lines(relation, files) AS TABLE  -- noqa: CP05
SELECT
    * EXCLUDE (starts_connection, starts_message),
    cast(
        sum(cast(starts_connection AS INTEGER)) OVER (
            PARTITION BY icid, dcid, CASE WHEN icid IS NULL AND dcid IS NULL THEN line_no END
            ORDER BY time_utc, first_utc, line_no ROWS UNBOUNDED PRECEDING
        ) AS BIGINT
    ) AS connection_use_no,
    cast(
        sum(cast(starts_message AS INTEGER)) OVER (
            PARTITION BY mid, CASE WHEN mid IS NULL THEN line_no END ORDER BY time_utc, first_utc, line_no ROWS UNBOUNDED PRECEDING
        ) AS BIGINT
    ) AS mid_use_no
FROM (
    SELECT
        entry.*,
        file.first_utc,
        entry.kind IN ('in', 'out') OR coalesce(
            entry.time_utc > lag(entry.time_utc) OVER by_connection
            + CASE WHEN lag(entry.kind) OVER by_connection = 'close' THEN INTERVAL 1 MINUTE ELSE INTERVAL 1 HOUR END, FALSE
        ) AS starts_connection,
        entry.kind = 'mail' OR coalesce(
            lag(entry.kind) OVER by_message = 'finished' AND entry.time_utc > lag(entry.time_utc) OVER by_message + INTERVAL 1 MINUTE, FALSE
        ) AS starts_message
    FROM query_table(relation) AS entry
    INNER JOIN query_table(files) AS file ON entry.source_id = file.source_id
    WHERE entry.kind IS NOT NULL AND entry.problem IS NULL
    WINDOW
        by_connection AS (PARTITION BY entry.icid, entry.dcid, CASE WHEN entry.icid IS NULL AND entry.dcid IS NULL THEN entry.line_no END ORDER BY entry.time_utc, file.first_utc, entry.line_no),
        by_message AS (PARTITION BY entry.mid, CASE WHEN entry.mid IS NULL THEN entry.line_no END ORDER BY entry.time_utc, file.first_utc, entry.line_no)
);
