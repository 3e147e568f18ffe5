-- title: Connections and messages of a Cisco gateway's log that no file contains completely
-- help: A connection is complete if one file has its first line and its close, a message if one file has its first line and its end. Incomplete ones are pending with everything that they are joined to; of other messages on the same connection only the lines that show how long it was open.
WITH lines AS MATERIALIZED (FROM cisco_esa_lines('raw', 'read_file')),

connections AS (
    SELECT
        icid,
        dcid,
        connection_use_no,
        min(source_id) = max(source_id) AND bool_or(kind IN ('in', 'out')) AND bool_or(kind = 'close') AS is_whole
    FROM lines
    WHERE icid IS NOT NULL OR dcid IS NOT NULL
    GROUP BY ALL
),

messages AS (
    SELECT
        lines.mid,
        lines.mid_use_no,
        min(lines.source_id) = max(lines.source_id) AND bool_or(lines.kind = 'from') AND bool_or(lines.kind = 'finished')
        AND bool_and(coalesce(connections.is_whole, TRUE)) AS is_whole
    FROM lines
    LEFT JOIN connections
        ON lines.icid IS NOT DISTINCT FROM connections.icid AND lines.dcid IS NOT DISTINCT FROM connections.dcid
        AND lines.connection_use_no = connections.connection_use_no
    WHERE lines.mid IS NOT NULL AND NOT lines.is_evidence
    GROUP BY ALL
),

open_message_lines AS (SELECT lines.* FROM lines INNER JOIN messages ON lines.mid = messages.mid AND lines.mid_use_no = messages.mid_use_no WHERE NOT messages.is_whole AND NOT lines.is_evidence),

open_connections AS (
    SELECT
        icid,
        dcid,
        connection_use_no
    FROM connections
    WHERE NOT is_whole
    UNION
    SELECT
        icid,
        dcid,
        connection_use_no
    FROM open_message_lines
    WHERE icid IS NOT NULL OR dcid IS NOT NULL
)

SELECT
    line_no,
    FALSE AS is_evidence
FROM open_message_lines
UNION ALL
-- Lines without a message are no hop by themselves; they are evidence too, but may be derived again.
SELECT
    lines.line_no,
    lines.mid IS NOT NULL AS is_evidence
FROM lines
INNER JOIN open_connections
    ON lines.icid IS NOT DISTINCT FROM open_connections.icid AND lines.dcid IS NOT DISTINCT FROM open_connections.dcid
    AND lines.connection_use_no = open_connections.connection_use_no
