-- title: Postfix: open sessions
-- help: Sessions of smtpd that no single file contains completely.

-- Return the lines of sessions whose start and end are in no single file.
CREATE OR REPLACE MACRO postfix_open_sessions(relation, files) AS TABLE  -- noqa: CP05
WITH
-- Most processes start and end in one file; only the sessions of the others are examined one by one.
incomplete_processes AS (
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

session_lines AS (
    SELECT
        line_no,
        source_id,
        kind,
        process,
        message,
        count(*) FILTER (WHERE kind = 'connect'::POSTFIX_KIND)
            OVER (PARTITION BY process ORDER BY time_utc, first_utc, line_no ROWS UNBOUNDED PRECEDING) AS session_no
    FROM postfix_lines(relation, files)
    WHERE
        process IN (SELECT process FROM incomplete_processes)
        AND (
            kind <= 'disconnect'::POSTFIX_KIND OR kind = 'client'::POSTFIX_KIND OR kind = 'tls'::POSTFIX_KIND OR kind = 'reject'::POSTFIX_KIND
        )
),

open_sessions AS (
    SELECT
        process,
        session_no
    FROM (
        SELECT
            process,
            session_no,
            bool_or(kind = 'connect'::POSTFIX_KIND) AND min(source_id) = max(source_id)
            AND (
                bool_or(kind = 'disconnect'::POSTFIX_KIND)
                OR coalesce(lead(min(source_id)) OVER (PARTITION BY process ORDER BY session_no) = max(source_id), FALSE)
            ) AS is_whole
        FROM session_lines
        GROUP BY process, session_no
    )
    WHERE NOT is_whole
)

SELECT
    session_lines.line_no,
    session_lines.message
FROM session_lines INNER JOIN open_sessions ON session_lines.process = open_sessions.process AND session_lines.session_no = open_sessions.session_no;
