-- title: What the screens ask of peers
-- help: Views over the attached trace file, after those of schema/views.

-- Whether the rollup of peers has the mail of a direction; NULL asks for what every card counts.
CREATE OR REPLACE MACRO in_peer_day(of_direction) AS of_direction IS NULL OR is_with_peers(of_direction);

-- The first day of UTC that a span holds from its beginning on.
CREATE OR REPLACE MACRO first_whole_day(since_utc) AS cast(date_trunc('day', cast(since_utc AS TIMESTAMP) + to_microseconds(86399999999)) AS DATE);

-- What each peer used on each day, over the whole file; no filter narrows it, because what a peer can do is true of all its mail.
CREATE OR REPLACE VIEW peer_seen AS
SELECT
    told.* REPLACE (
        cast(told.direction AS VARCHAR) AS direction,
        cast(told.tls AS VARCHAR) AS tls
    ),
    is_edge_direction(told.direction) AS in_flow,
    enum_code(told.tls) AS tls_code,
    told.direction AS raw_direction,
    told.tls AS raw_tls
FROM matched_peer_day AS told;

-- The same, for questions of the mail that a filter lets pass.
CREATE OR REPLACE VIEW peer_flow AS
SELECT * FROM peer_seen;

-- The same from the messages themselves, for filters that the rollup of peers cannot answer: a macro, so that it takes the message view of who asks.
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
