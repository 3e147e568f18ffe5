-- title: Views of peers for screens
-- help: Views over the attached trace file, after those of schema/views.

-- Whether the rollup of peers has the mail of a direction; NULL means the directions that the Overview and reports count.
CREATE OR REPLACE MACRO in_peer_day(of_direction) AS of_direction IS NULL OR is_with_peers(of_direction);

-- The first complete UTC day of a span.
CREATE OR REPLACE MACRO first_whole_day(since_utc) AS cast(date_trunc('day', cast(since_utc AS TIMESTAMP) + to_microseconds(86399999999)) AS DATE);

-- The TLS versions of each peer on each day, over the whole file; no filter narrows it, because the capability of a peer concerns all its mail.
CREATE OR REPLACE VIEW peer_seen AS
SELECT
    peer_row.* REPLACE (
        cast(peer_row.direction AS VARCHAR) AS direction,
        cast(peer_row.tls AS VARCHAR) AS tls
    ),
    is_edge_direction(peer_row.direction) AS in_flow,
    enum_code(peer_row.tls) AS tls_code,
    peer_row.direction AS raw_direction,
    peer_row.tls AS raw_tls
FROM matched_peer_day AS peer_row;

-- The same, for mail that passes a filter.
CREATE OR REPLACE VIEW peer_flow AS
SELECT * FROM peer_seen;

-- The same from the messages, for filters that the rollup of peers cannot apply: a macro, so that it uses the caller's message view.
CREATE OR REPLACE MACRO peer_messages() AS TABLE
SELECT
    cast(time_utc AS DATE) AS day,
    direction,
    connector,
    forced_tls,
    tls,
    system,
    peer_host,
    helo,
    peer_ip,
    peer_domain,
    messages,
    time_utc AS first_utc,
    time_utc AS last_utc,
    CASE WHEN is_legacy_tls(tls) AND sender IS NOT NULL THEN [sender_key(sender)] END AS sender_keys,
    in_flow,
    tls_code,
    raw_direction,
    raw_tls
FROM message
WHERE grain = 'message' AND is_transferred AND is_with_peers(direction);
