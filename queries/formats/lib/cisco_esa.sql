-- title: Cisco Secure Email Gateway, whose lines belong together
-- help: Numbers of connections and messages start again with the appliance, so a number names a connection only for a while.

-- The lines that matter, with the turns of their connection (ICID or DCID) and of their message (MID): how often the number was given out before. A
-- connection begins with its first line; one whose first line is in no file shows by the hour of silence before, or by the close.
-- Lines without a number are each alone: a window over all of them would take the square of their count.
CREATE OR REPLACE MACRO cisco_esa_lines(relation, files) AS TABLE  -- noqa: CP05
SELECT
    * EXCLUDE (begins_connection, begins_message),
    cast(
        sum(cast(begins_connection AS INTEGER)) OVER (
            PARTITION BY icid, dcid, CASE WHEN icid IS NULL AND dcid IS NULL THEN line_no END
            ORDER BY time_utc, first_utc, line_no ROWS UNBOUNDED PRECEDING
        ) AS BIGINT
    ) AS connection_turn,
    cast(
        sum(cast(begins_message AS INTEGER)) OVER (
            PARTITION BY mid, CASE WHEN mid IS NULL THEN line_no END ORDER BY time_utc, first_utc, line_no ROWS UNBOUNDED PRECEDING
        ) AS BIGINT
    ) AS turn
FROM (
    SELECT
        told.*,
        file.first_utc,
        told.kind IN ('in', 'out') OR coalesce(
            told.time_utc > lag(told.time_utc) OVER by_connection
            + CASE WHEN lag(told.kind) OVER by_connection = 'close' THEN INTERVAL 1 MINUTE ELSE INTERVAL 1 HOUR END, FALSE
        ) AS begins_connection,
        told.kind = 'mail' OR coalesce(
            lag(told.kind) OVER by_message = 'finished' AND told.time_utc > lag(told.time_utc) OVER by_message + INTERVAL 1 MINUTE, FALSE
        ) AS begins_message
    FROM query_table(relation) AS told
    INNER JOIN query_table(files) AS file ON told.source_id = file.source_id
    WHERE told.kind IS NOT NULL AND told.problem IS NULL
    WINDOW
        by_connection AS (PARTITION BY told.icid, told.dcid, CASE WHEN told.icid IS NULL AND told.dcid IS NULL THEN told.line_no END ORDER BY told.time_utc, file.first_utc, told.line_no),
        by_message AS (PARTITION BY told.mid, CASE WHEN told.mid IS NULL THEN told.line_no END ORDER BY told.time_utc, file.first_utc, told.line_no)
);
