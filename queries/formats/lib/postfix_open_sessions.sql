-- title: Postfix, sessions that are open
-- help: Sessions of smtpd that no file has in full.

-- The lines of sessions whose begin and end are in no single file.
CREATE OR REPLACE MACRO postfix_open_sessions(relation, files) AS TABLE  -- noqa: CP05
WITH
-- Most processes begin and end in their file: only the sessions of the others are looked at one by one.
cut AS (
    SELECT process
    FROM (
        SELECT
            process,
            arg_min(kind, line_no) = 'connect'::POSTFIX_KIND AND arg_max(kind, line_no) = 'disconnect'::POSTFIX_KIND
            AND 2 * count(*) FILTER (WHERE kind = 'connect'::POSTFIX_KIND) = count(*) FILTER (WHERE kind <= 'disconnect'::POSTFIX_KIND) AS is_sound
        FROM query_table(relation)
        WHERE kind <= 'disconnect'::POSTFIX_KIND OR kind = 'client'::POSTFIX_KIND OR kind = 'tls'::POSTFIX_KIND OR kind = 'reject'::POSTFIX_KIND
        GROUP BY process, source_id
    )
    WHERE NOT is_sound
),

visit AS (
    SELECT
        line_no,
        source_id,
        kind,
        process,
        message,
        count(*) FILTER (WHERE kind = 'connect'::POSTFIX_KIND)
            OVER (PARTITION BY process ORDER BY time_utc, first_utc, line_no ROWS UNBOUNDED PRECEDING) AS visit_no
    FROM postfix_lines(relation, files)
    WHERE
        process IN (SELECT process FROM cut)
        AND (
            kind <= 'disconnect'::POSTFIX_KIND OR kind = 'client'::POSTFIX_KIND OR kind = 'tls'::POSTFIX_KIND OR kind = 'reject'::POSTFIX_KIND
        )
),

open_visit AS (
    SELECT
        process,
        visit_no
    FROM (
        SELECT
            process,
            visit_no,
            bool_or(kind = 'connect'::POSTFIX_KIND) AND min(source_id) = max(source_id)
            AND (
                bool_or(kind = 'disconnect'::POSTFIX_KIND)
                OR coalesce(lead(min(source_id)) OVER (PARTITION BY process ORDER BY visit_no) = max(source_id), FALSE)
            ) AS is_whole
        FROM visit
        GROUP BY process, visit_no
    )
    WHERE NOT is_whole
)

SELECT
    visit.line_no,
    visit.message
FROM visit INNER JOIN open_visit ON visit.process = open_visit.process AND visit.visit_no = open_visit.visit_no;
