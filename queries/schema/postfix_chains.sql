-- title: Postfix, what the connections of smtp rest on
-- help: Deliveries with the lines of other messages and processes that show how their connection was secured.

-- Lines of smtp with TLS and deliveries, each with the last TLS line before it in its process (tls_no) and the line after it. A delivery is alone if
-- that TLS line is not its own: see postfix_hops. `is_first` is the first line of a process in its file.
CREATE OR REPLACE MACRO postfix_chains(relation, files) AS TABLE  -- noqa: CP05
WITH lines AS MATERIALIZED (
    SELECT
        *,
        postfix_server(who) AS server,
        CASE WHEN kind = 'tls out'::POSTFIX_KIND THEN split_part(text, ' ', 1) ELSE postfix_relay(text) END AS peer
    FROM query_table(relation)
    WHERE kind = 'tls out'::POSTFIX_KIND OR kind = 'delivery'::POSTFIX_KIND
),

placed AS MATERIALIZED (
    SELECT
        lines.*,
        last_value(CASE WHEN lines.kind = 'tls out'::POSTFIX_KIND THEN lines.line_no END IGNORE NULLS) OVER so_far AS tls_no,
        lead(lines.line_no) OVER by_time AS next_no,
        lead(lines.message) OVER by_time AS next_message,
        coalesce(lag(lines.source_id) OVER by_time <> lines.source_id, TRUE) AS is_first
    FROM lines INNER JOIN query_table(files) AS file ON lines.source_id = file.source_id
    WINDOW
        by_time AS (PARTITION BY lines.process ORDER BY lines.time_utc, file.first_utc, lines.line_no),
        so_far AS (PARTITION BY lines.process ORDER BY lines.time_utc, file.first_utc, lines.line_no ROWS UNBOUNDED PRECEDING)
),

tls_lines AS (SELECT line_no, time_utc, next_message, peer FROM placed WHERE kind = 'tls out'::POSTFIX_KIND)

SELECT
    placed.* EXCLUDE (text, who, tls_no),
    contains(placed.text, ', conn_use=') AS is_used_again,
    contains(placed.who, '/tlsproxy[') AS is_proxy,
    contains(placed.text, '(Cannot start TLS: handshake failure') AS is_refused,
    CASE WHEN placed.kind = 'delivery'::POSTFIX_KIND AND placed.time_utc <= tls.time_utc + INTERVAL 1 HOUR THEN placed.tls_no END AS tls_no,
    placed.kind = 'delivery'::POSTFIX_KIND AND placed.peer <> 'none'
    AND NOT coalesce(
        tls.next_message = placed.message AND tls.peer = placed.peer AND placed.time_utc <= tls.time_utc + INTERVAL 1 HOUR, FALSE
    ) AS is_alone
FROM placed
LEFT JOIN tls_lines AS tls ON placed.tls_no = tls.line_no;

-- The lines that the deliveries among `rows_of` (line_no) rest on, besides those of their own message: the last TLS line of their process; where they
-- use a connection again, or it was opened by tlsproxy, the last TLS line to that server; and the last delivery that opened a connection to it in
-- clear text. To each TLS line belongs the line after it, which says whose it is.
CREATE OR REPLACE MACRO postfix_evidence(relation, files, rows_of) AS TABLE  -- noqa: CP05
WITH wanted AS MATERIALIZED (
    SELECT process, time_utc, postfix_server(who) AS server, postfix_relay(text) AS peer
    FROM query_table(relation)
    WHERE kind = 'delivery'::POSTFIX_KIND AND line_no IN (SELECT line_no FROM query_table(rows_of))
),

-- Only what stands within ten minutes before a delivery can be its connection's begin.
near AS MATERIALIZED (  -- noqa: ST03
    SELECT told.*
    FROM query_table(relation) AS told
    WHERE
        (told.kind = 'tls out'::POSTFIX_KIND OR told.kind = 'delivery'::POSTFIX_KIND)
        AND told.process IN (
            SELECT process FROM wanted
            UNION
            SELECT line.process
            FROM (
                SELECT
                    process,
                    time_utc,
                    postfix_server(who) AS server,
                    CASE WHEN kind = 'tls out'::POSTFIX_KIND THEN split_part(text, ' ', 1) ELSE postfix_relay(text) END AS peer
                FROM query_table(relation)
                WHERE kind = 'tls out'::POSTFIX_KIND OR kind = 'delivery'::POSTFIX_KIND
            ) AS line
            ASOF INNER JOIN wanted ON line.server = wanted.server AND line.peer = wanted.peer AND line.time_utc <= wanted.time_utc
            WHERE line.time_utc >= wanted.time_utc - INTERVAL 10 MINUTE
        )
),

chains AS MATERIALIZED (FROM postfix_chains('near', files)),

alone AS (SELECT * FROM chains WHERE is_alone),

rests AS (SELECT * FROM alone WHERE line_no IN (SELECT line_no FROM query_table(rows_of))),

tls AS MATERIALIZED (
    SELECT tls_no AS line_no FROM chains
    WHERE tls_no IS NOT NULL AND line_no IN (SELECT line_no FROM query_table(rows_of))
    UNION
    SELECT unnest(opened.line_nos)
    FROM rests
    ASOF INNER JOIN (
        SELECT server, peer, time_utc, bool_or(is_proxy) AS is_proxy, list(line_no) AS line_nos FROM chains
        WHERE kind = 'tls out'::POSTFIX_KIND
        GROUP BY ALL
    ) AS opened ON rests.server = opened.server AND rests.peer = opened.peer AND rests.time_utc >= opened.time_utc
    WHERE rests.time_utc <= opened.time_utc + INTERVAL 10 MINUTE AND (rests.is_used_again OR opened.is_proxy)
)

SELECT line_no FROM tls
UNION
SELECT chains.next_no FROM chains INNER JOIN tls ON chains.line_no = tls.line_no
WHERE chains.next_no IS NOT NULL
UNION
SELECT opened.line_no
FROM (SELECT * FROM rests WHERE is_used_again) AS again
ASOF INNER JOIN (SELECT * FROM alone WHERE NOT is_used_again) AS opened
    ON again.server = opened.server AND again.peer = opened.peer AND again.time_utc >= opened.time_utc
WHERE again.time_utc <= opened.time_utc + INTERVAL 10 MINUTE;
