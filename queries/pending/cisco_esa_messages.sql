-- title: Connections and messages of a Cisco gateway's log that are whole in no file
-- help: A connection is whole where its first line and its close stand in one file, a message where its first line and its end do. What is not whole waits with all that it is joined to; of other messages on its connection, the lines that tell how long that was open.
WITH line AS MATERIALIZED (FROM cisco_esa_lines('raw', 'read_file')),

connection AS (
    SELECT
        icid,
        dcid,
        connection_use_no,
        min(source_id) = max(source_id) AND bool_or(kind IN ('in', 'out')) AND bool_or(kind = 'close') AS is_whole
    FROM line
    WHERE icid IS NOT NULL OR dcid IS NOT NULL
    GROUP BY ALL
),

message AS (
    SELECT
        line.mid,
        line.mid_use_no,
        min(line.source_id) = max(line.source_id) AND bool_or(line.kind = 'from') AND bool_or(line.kind = 'finished')
        AND bool_and(coalesce(connection.is_whole, TRUE)) AS is_whole
    FROM line
    LEFT JOIN connection
        ON line.icid IS NOT DISTINCT FROM connection.icid AND line.dcid IS NOT DISTINCT FROM connection.dcid
        AND line.connection_use_no = connection.connection_use_no
    WHERE line.mid IS NOT NULL AND NOT line.is_evidence
    GROUP BY ALL
),

open_message AS (SELECT line.* FROM line INNER JOIN message ON line.mid = message.mid AND line.mid_use_no = message.mid_use_no WHERE NOT message.is_whole AND NOT line.is_evidence),

open_connection AS (
    SELECT
        icid,
        dcid,
        connection_use_no
    FROM connection
    WHERE NOT is_whole
    UNION
    SELECT
        icid,
        dcid,
        connection_use_no
    FROM open_message
    WHERE icid IS NOT NULL OR dcid IS NOT NULL
)

SELECT
    line_no,
    FALSE AS is_evidence
FROM open_message
UNION ALL
-- Lines without a message tell of no hop by themselves, and are evidence too, but so they may be told of again.
SELECT
    line.line_no,
    line.mid IS NOT NULL AS is_evidence
FROM line
INNER JOIN open_connection
    ON line.icid IS NOT DISTINCT FROM open_connection.icid AND line.dcid IS NOT DISTINCT FROM open_connection.dcid
    AND line.connection_use_no = open_connection.connection_use_no
