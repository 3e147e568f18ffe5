-- title: Postfix: evidence of the connections of smtp
-- help: Deliveries with the lines of other messages and processes that prove whether their connection used TLS.

-- Return the TLS lines and deliveries of smtp by process, each with the last TLS line up to it (tls_no) and the line after it (next_no). `relay` is a
-- hash of the server of a TLS line. The text of deliveries is not read here, because only few of them need it.
CREATE OR REPLACE MACRO postfix_chains(relation, files) AS TABLE  -- noqa: CP05
SELECT
    lines.line_no,
    lines.source_id,
    lines.kind,
    lines.time_utc,
    lines.process,
    lines.message,
    lines.is_evidence,
    CASE WHEN lines.kind = 'tls out'::POSTFIX_KIND THEN hash(string_split(lines.text, ' ')[1]) END AS relay,
    last_value(CASE WHEN lines.kind = 'tls out'::POSTFIX_KIND THEN lines.line_no END IGNORE NULLS) OVER so_far AS tls_no,
    lead(lines.line_no) OVER by_time AS next_no
FROM query_table(relation) AS lines INNER JOIN query_table(files) AS file ON lines.source_id = file.source_id
WHERE lines.kind = 'tls out'::POSTFIX_KIND OR lines.kind = 'delivery'::POSTFIX_KIND
WINDOW
    by_time AS (PARTITION BY lines.process ORDER BY lines.time_utc, file.first_utc, lines.line_no),
    so_far AS (PARTITION BY lines.process ORDER BY lines.time_utc, file.first_utc, lines.line_no ROWS UNBOUNDED PRECEDING);

-- Return the lines of `chains` whose line_no is in `rows_of`, with what their text contains. lacks_tls_line: the TLS line before a delivery belongs to
-- another one; see postfix_hops.
CREATE OR REPLACE MACRO postfix_links(relation, chains, rows_of) AS TABLE  -- noqa: CP05
SELECT
    entry.* EXCLUDE (tls_no, text, who),
    contains(entry.text, ', conn_use=') AS is_reused,
    contains(entry.who, '/tlsproxy[') AS is_proxy,
    CASE WHEN entry.kind = 'delivery'::POSTFIX_KIND AND entry.time_utc <= tls.time_utc + INTERVAL 1 HOUR THEN entry.tls_no END AS tls_no,
    entry.kind = 'delivery'::POSTFIX_KIND AND entry.peer <> 'none'
    AND NOT coalesce(
        tls.next_message = entry.message AND tls.relay = hash(entry.peer) AND entry.time_utc <= tls.time_utc + INTERVAL 1 HOUR, FALSE
    ) AS lacks_tls_line
FROM (
    SELECT
        position.*,
        line.text,
        line.who,
        postfix_server(line.who) AS server,
        CASE WHEN position.kind = 'tls out'::POSTFIX_KIND THEN string_split(line.text, ' ')[1] ELSE postfix_relay(line.text) END AS peer
    FROM query_table(relation) AS line
    INNER JOIN query_table(chains) AS position ON line.line_no = position.line_no
    WHERE position.line_no IN (SELECT line_no FROM query_table(rows_of))
) AS entry
LEFT JOIN (
    SELECT position.line_no, position.time_utc, position.relay, following.message AS next_message
    FROM query_table(chains) AS position LEFT JOIN query_table(chains) AS following ON position.next_no = following.line_no
    WHERE position.relay IS NOT NULL
) AS tls ON entry.tls_no = tls.line_no;

-- Return the lines of other messages that the deliveries among `rows_of` (line_no) depend on: the last TLS line of their process; if they reuse a
-- connection, or tlsproxy opened it, the last TLS line to that server; and the last delivery that opened a connection to it in clear text. The line
-- after each TLS line is included, because it shows to which message the TLS line belongs.
CREATE OR REPLACE MACRO postfix_evidence(relation, chains, rows_of) AS TABLE  -- noqa: CP05
WITH deliveries AS MATERIALIZED (FROM postfix_links(relation, chains, rows_of) WHERE kind = 'delivery'::POSTFIX_KIND),

deliveries_without_tls_line AS (SELECT * FROM deliveries WHERE lacks_tls_line),

reuses AS MATERIALIZED (SELECT * FROM deliveries_without_tls_line WHERE is_reused),

-- Only lines of the ten minutes before a delivery can be the start of its connection.
candidates AS MATERIALIZED (  -- noqa: ST03
    SELECT line_no FROM query_table(chains)
    WHERE
        (relay, time_bucket(INTERVAL 10 MINUTE, time_utc)) IN (
            SELECT
                hash(peer),
                unnest([time_bucket(INTERVAL 10 MINUTE, time_utc), time_bucket(INTERVAL 10 MINUTE, time_utc - INTERVAL 10 MINUTE)])
            FROM deliveries_without_tls_line
        )
    UNION ALL
    SELECT line_no FROM query_table(chains)
    WHERE
        kind = 'delivery'::POSTFIX_KIND
        AND time_bucket(INTERVAL 10 MINUTE, time_utc) IN (
            SELECT unnest([time_bucket(INTERVAL 10 MINUTE, time_utc), time_bucket(INTERVAL 10 MINUTE, time_utc - INTERVAL 10 MINUTE)])
            FROM reuses
        )
),

links AS MATERIALIZED (FROM postfix_links(relation, chains, 'candidates')),

tls AS MATERIALIZED (
    SELECT tls_no AS line_no FROM deliveries
    WHERE tls_no IS NOT NULL
    UNION
    SELECT unnest(opened.line_nos)
    FROM deliveries_without_tls_line
    ASOF INNER JOIN (
        SELECT server, peer, time_utc, bool_or(is_proxy) AS is_proxy, list(line_no) AS line_nos FROM links
        WHERE kind = 'tls out'::POSTFIX_KIND
        GROUP BY ALL
    ) AS opened ON deliveries_without_tls_line.server = opened.server AND deliveries_without_tls_line.peer = opened.peer AND deliveries_without_tls_line.time_utc >= opened.time_utc
    WHERE deliveries_without_tls_line.time_utc <= opened.time_utc + INTERVAL 10 MINUTE AND (deliveries_without_tls_line.is_reused OR opened.is_proxy)
)

SELECT line_no FROM tls
UNION
SELECT position.next_no FROM query_table(chains) AS position INNER JOIN tls ON position.line_no = tls.line_no
WHERE position.next_no IS NOT NULL
UNION
SELECT opened.line_no
FROM reuses AS reuse
ASOF INNER JOIN (SELECT * FROM links WHERE lacks_tls_line AND NOT is_reused) AS opened
    ON reuse.server = opened.server AND reuse.peer = opened.peer AND reuse.time_utc >= opened.time_utc
WHERE reuse.time_utc <= opened.time_utc + INTERVAL 10 MINUTE;
