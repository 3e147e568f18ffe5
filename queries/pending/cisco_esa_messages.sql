-- title: Connections and messages of a Cisco gateway's log that are whole in no file
-- help: A connection is whole where its first line and its close stand in one file, a message where its first line and its end do. What is not whole waits with all that it is joined to.
WITH whole_in AS (
    SELECT icid
    FROM raw
    WHERE icid IS NOT NULL
    GROUP BY icid, source_id
    HAVING bool_or(kind = 'in') AND bool_or(kind = 'close')
),

whole_out AS (
    SELECT dcid
    FROM raw
    WHERE dcid IS NOT NULL
    GROUP BY dcid, source_id
    HAVING bool_or(kind = 'out') AND bool_or(kind = 'close')
),

whole_mail AS (
    SELECT mid
    FROM raw
    WHERE mid IS NOT NULL
    GROUP BY mid, source_id
    HAVING bool_or(kind = 'from') AND bool_or(kind = 'finished')
),

open_mail AS (
    SELECT DISTINCT mid
    FROM raw
    WHERE
        mid IS NOT NULL AND (
            mid NOT IN (SELECT mid FROM whole_mail)
            OR (icid IS NOT NULL AND icid NOT IN (SELECT icid FROM whole_in))
            OR (dcid IS NOT NULL AND dcid NOT IN (SELECT dcid FROM whole_out))
        )
),

joined AS (
    SELECT
        icid,
        dcid
    FROM raw
    WHERE mid IN (SELECT mid FROM open_mail)
)

SELECT line_no
FROM raw
WHERE
    mid IN (SELECT mid FROM open_mail)
    OR (
        mid IS NULL AND icid IS NOT NULL
        AND (icid NOT IN (SELECT icid FROM whole_in) OR icid IN (SELECT icid FROM joined WHERE icid IS NOT NULL))
    )
    OR (
        mid IS NULL AND dcid IS NOT NULL
        AND (dcid NOT IN (SELECT dcid FROM whole_out) OR dcid IN (SELECT dcid FROM joined WHERE dcid IS NOT NULL))
    )
