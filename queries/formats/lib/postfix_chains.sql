-- title: Postfix, evidence of the connections of smtp
-- help: Deliveries with the lines of other messages and processes that show how their connection was secured.

-- Lines of smtp with TLS and deliveries by process: the last TLS line before each (tls_no) and the line after it. `relay` is the server that a TLS line
-- names, as a hash. No text of a delivery is read here: it is read for few of them only.
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

-- The lines of `chains` whose line_no is in `rows_of`, with what their text contains. A delivery is alone if the TLS line before it is not its own: see
-- postfix_hops.
CREATE OR REPLACE MACRO postfix_links(relation, chains, rows_of) AS TABLE  -- noqa: CP05
SELECT
    link.* EXCLUDE (tls_no, text, who),
    contains(link.text, ', conn_use=') AS is_used_again,
    contains(link.who, '/tlsproxy[') AS is_proxy,
    CASE WHEN link.kind = 'delivery'::POSTFIX_KIND AND link.time_utc <= tls.time_utc + INTERVAL 1 HOUR THEN link.tls_no END AS tls_no,
    link.kind = 'delivery'::POSTFIX_KIND AND link.peer <> 'none'
    AND NOT coalesce(
        tls.next_message = link.message AND tls.relay = hash(link.peer) AND link.time_utc <= tls.time_utc + INTERVAL 1 HOUR, FALSE
    ) AS is_alone
FROM (
    SELECT
        place.*,
        line.text,
        line.who,
        postfix_server(line.who) AS server,
        CASE WHEN place.kind = 'tls out'::POSTFIX_KIND THEN string_split(line.text, ' ')[1] ELSE postfix_relay(line.text) END AS peer
    FROM query_table(relation) AS line
    INNER JOIN query_table(chains) AS place ON line.line_no = place.line_no
    WHERE place.line_no IN (SELECT line_no FROM query_table(rows_of))
) AS link
LEFT JOIN (
    SELECT place.line_no, place.time_utc, place.relay, following.message AS next_message
    FROM query_table(chains) AS place LEFT JOIN query_table(chains) AS following ON place.next_no = following.line_no
    WHERE place.relay IS NOT NULL
) AS tls ON link.tls_no = tls.line_no;

-- The lines that the deliveries among `rows_of` (line_no) rest on, besides those of their own message: the last TLS line of their process; where they
-- use a connection again, or it was opened by tlsproxy, the last TLS line to that server; and the last delivery that opened a connection to it in
-- clear text. To each TLS line belongs the line after it, which says whose it is.
CREATE OR REPLACE MACRO postfix_evidence(relation, chains, rows_of) AS TABLE  -- noqa: CP05
WITH rests AS MATERIALIZED (FROM postfix_links(relation, chains, rows_of) WHERE kind = 'delivery'::POSTFIX_KIND),

alone AS (SELECT * FROM rests WHERE is_alone),

used_again AS MATERIALIZED (SELECT * FROM alone WHERE is_used_again),

-- Only what stands within ten minutes before a delivery can be its connection's begin.
candidates AS MATERIALIZED (  -- noqa: ST03
    SELECT line_no FROM query_table(chains)
    WHERE
        (relay, time_bucket(INTERVAL 10 MINUTE, time_utc)) IN (
            SELECT
                hash(peer),
                unnest([time_bucket(INTERVAL 10 MINUTE, time_utc), time_bucket(INTERVAL 10 MINUTE, time_utc - INTERVAL 10 MINUTE)])
            FROM alone
        )
    UNION ALL
    SELECT line_no FROM query_table(chains)
    WHERE
        kind = 'delivery'::POSTFIX_KIND
        AND time_bucket(INTERVAL 10 MINUTE, time_utc) IN (
            SELECT unnest([time_bucket(INTERVAL 10 MINUTE, time_utc), time_bucket(INTERVAL 10 MINUTE, time_utc - INTERVAL 10 MINUTE)])
            FROM used_again
        )
),

links AS MATERIALIZED (FROM postfix_links(relation, chains, 'candidates')),

tls AS MATERIALIZED (
    SELECT tls_no AS line_no FROM rests
    WHERE tls_no IS NOT NULL
    UNION
    SELECT unnest(opened.line_nos)
    FROM alone
    ASOF INNER JOIN (
        SELECT server, peer, time_utc, bool_or(is_proxy) AS is_proxy, list(line_no) AS line_nos FROM links
        WHERE kind = 'tls out'::POSTFIX_KIND
        GROUP BY ALL
    ) AS opened ON alone.server = opened.server AND alone.peer = opened.peer AND alone.time_utc >= opened.time_utc
    WHERE alone.time_utc <= opened.time_utc + INTERVAL 10 MINUTE AND (alone.is_used_again OR opened.is_proxy)
)

SELECT line_no FROM tls
UNION
SELECT place.next_no FROM query_table(chains) AS place INNER JOIN tls ON place.line_no = tls.line_no
WHERE place.next_no IS NOT NULL
UNION
SELECT opened.line_no
FROM used_again AS again
ASOF INNER JOIN (SELECT * FROM links WHERE is_alone AND NOT is_used_again) AS opened
    ON again.server = opened.server AND again.peer = opened.peer AND again.time_utc >= opened.time_utc
WHERE again.time_utc <= opened.time_utc + INTERVAL 10 MINUTE;
