-- title: Connections and messages of a Cisco gateway's log that are whole in no file
-- help: Every row of a message whose begin and end stand in no single file, and of the connections that it names.
WITH whole AS (
    SELECT mid
    FROM raw
    WHERE mid IS NOT NULL
    GROUP BY mid, source_id
    HAVING bool_or(kind = 'from') AND bool_or(kind IN ('done', 'bounced'))
),

open_mail AS (
    SELECT DISTINCT mid FROM raw WHERE mid IS NOT NULL AND mid NOT IN (SELECT mid FROM whole)
),

linked AS (
    SELECT
        icid,
        dcid
    FROM raw
    WHERE mid IN (SELECT mid FROM open_mail)
),

-- A message that is whole may lack the connection that it came by.
known AS (
    SELECT
        icid,
        dcid,
        source_id
    FROM raw
    WHERE kind IN ('in', 'out')
),

lonely AS (
    SELECT told.mid
    FROM raw AS told
    WHERE
        told.kind IN ('from', 'delivery')
        AND NOT EXISTS (
            SELECT 1 FROM known
            WHERE known.source_id = told.source_id AND (known.icid = told.icid OR known.dcid = told.dcid)
        )
)

SELECT line_no
FROM raw
WHERE
    mid IN (SELECT mid FROM open_mail)
    OR (mid IS NULL AND icid IN (SELECT icid FROM linked WHERE icid IS NOT NULL))
    OR (mid IS NULL AND dcid IN (SELECT dcid FROM linked WHERE dcid IS NOT NULL))
    OR mid IN (SELECT mid FROM lonely)
