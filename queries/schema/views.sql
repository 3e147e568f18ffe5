-- title: What the screens ask
-- help: Views over the attached trace file. Run in the memory catalogue, so that every cursor sees them.

-- A word's place in its enum is compared where a list of words would do, because DuckDB 2.0 is ten times slower with the list: accepted and
-- handed over stand first among what became of a hop, inbound and outbound among the directions; versions go from No TLS and SSL by TLS 1.0 to
-- TLS 1.3, TLS of an unknown version, and at last Not recorded. Grouping by the enums themselves (raw_direction, raw_tls) is several times faster
-- than by their words.

-- The newest settings of each connector.
CREATE OR REPLACE VIEW connector_setting AS
SELECT
    setting.name,
    cast(setting.direction AS VARCHAR) AS direction,
    cast(setting.connector_type AS VARCHAR) AS connector_type,
    setting.forced_tls,
    setting.domains,
    setting.addresses,
    setting.own_certificate,
    setting.logs,
    setting.enabled,
    setting.changed_at_utc,
    setting.source_id
FROM trace.connector AS setting
LEFT JOIN trace.source ON setting.source_id = source.source_id
QUALIFY row_number() OVER (
    PARTITION BY lower(setting.name), setting.direction
    ORDER BY
        setting.changed_at_utc DESC NULLS LAST, source.modified_utc DESC NULLS LAST, setting.enabled DESC, setting.forced_tls DESC,
        setting.connector_type, setting.domains, setting.addresses, setting.own_certificate, setting.logs, setting.name,
        setting.source_id DESC, setting.line_no DESC
) = 1;

-- When a message came last through each connector before a moment; its name in lower case.
CREATE OR REPLACE MACRO last_uses(UNTIL_UTC) AS TABLE
SELECT
    cast(direction AS VARCHAR) AS direction,
    lower(connector) AS name,
    max(moment_of(grain, quarter_utc)) FILTER (WHERE moment_of(grain, quarter_utc) < until_utc) AS last_utc
FROM trace.flow_quarter
GROUP BY ALL;

-- Type and Forced TLS? by name in lower case: grouped, so that a LEFT JOIN whose values nobody asks for is not done at all.
CREATE OR REPLACE VIEW setting_of AS
SELECT
    of_name,
    direction,
    any_value(connector_type) AS connector_type,
    any_value(forced_tls) AS forced_tls
FROM (SELECT *, lower(name) AS of_name FROM connector_setting)
GROUP BY of_name, direction;

-- Type and Forced TLS? of a connector by its settings, else as the log recorded them.
CREATE OR REPLACE MACRO type_by_setting(of_connector, of_direction, recorded_type) AS
CASE
    WHEN of_connector IS NULL THEN 'No Connector'
    ELSE coalesce(
        (
            SELECT any_value(setting.connector_type) FROM connector_setting AS setting
            WHERE lower(setting.name) = lower(of_connector) AND setting.direction = of_direction
        ), recorded_type
    )
END;

CREATE OR REPLACE MACRO forced_by_setting(of_connector, of_direction, recorded_forced) AS
coalesce(
    (
        SELECT any_value(setting.forced_tls) FROM connector_setting AS setting
        WHERE lower(setting.name) = lower(of_connector) AND setting.direction = of_direction
    ), recorded_forced
);

CREATE OR REPLACE VIEW source AS
SELECT * FROM trace.source;

CREATE OR REPLACE VIEW reject AS
SELECT * FROM trace.reject;

CREATE OR REPLACE VIEW tls_report AS
SELECT * FROM trace.tls_report;

-- TLS handshakes that failed ('handshake failed') and sessions that ended without a MAIL FROM ('no mail').
CREATE OR REPLACE VIEW failed_session AS
SELECT * EXCLUDE (is_duplicate) REPLACE (cast(direction AS VARCHAR) AS direction)
FROM trace.failed_session
WHERE NOT is_duplicate;

-- Messages at hops, with the connector that settings give to mail of systems that log none; in_flow is what every card counts, is_tls10 counts
-- SSL with TLS 1.0.
CREATE OR REPLACE VIEW every_message AS
SELECT
    told.* REPLACE (
        moment_of(told.grain, told.time_utc) AS time_utc,
        cast(told.direction AS VARCHAR) AS direction,
        cast(told.tls AS VARCHAR) AS tls,
        cast(told.status AS VARCHAR) AS status,
        cast(told.connector_type AS VARCHAR) AS connector_type
    ),
    enum_code(told.status) < 2 AS has_crossed,
    enum_code(told.status) < 2 AND enum_code(told.direction) < 2 AS in_flow,
    enum_code(told.tls) BETWEEN 1 AND 2 AS is_tls10,
    enum_code(told.tls) BETWEEN 2 AND 6 AS is_protected,
    enum_code(told.tls) < 7 AS is_recorded,
    enum_code(told.tls) AS tls_place,
    told.direction AS raw_direction,
    told.tls AS raw_tls,
    told.time_utc AS stored_utc
FROM settled_message AS told;

-- What a question asks when a filter is to narrow it: the filter puts a view of its own before this one. What it must not narrow asks every_message;
-- that one cannot be made of this one, because DuckDB would look there for the filter's view, too.
CREATE OR REPLACE VIEW message AS
SELECT * FROM every_message;

-- What a sender is counted by in the rollup of peers: half of an MD5, because hash() of DuckDB 2.0 takes many alike addresses for the same.
CREATE OR REPLACE MACRO sender_key(sender) AS cast(md5_number(sender) >> 64 AS UBIGINT);

-- Whether the rollup of peers has the mail of a direction; NULL asks for what every card counts.
CREATE OR REPLACE MACRO in_peer_day(of_direction) AS coalesce(of_direction, 'inbound') NOT IN ('internal', 'unknown');

-- The first day of UTC that a span holds from its beginning on.
CREATE OR REPLACE MACRO first_whole_day(since_utc) AS cast(date_trunc('day', cast(since_utc AS TIMESTAMP) + INTERVAL 86399999999 MICROSECOND) AS DATE);

-- What each peer used on each day, over the whole file; no filter narrows it, because what a peer can do is true of all its mail.
CREATE OR REPLACE VIEW peer_seen AS
SELECT
    told.* REPLACE (
        cast(told.direction AS VARCHAR) AS direction,
        cast(told.tls AS VARCHAR) AS tls
    ),
    enum_code(told.direction) < 2 AS in_flow,
    enum_code(told.tls) AS tls_place,
    told.direction AS raw_direction,
    told.tls AS raw_tls
FROM settled_peer_day AS told;

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
    CASE WHEN tls_place < 4 AND sender IS NOT NULL THEN [sender_key(sender)] END AS sender_keys,
    in_flow,
    tls_place,
    raw_direction,
    raw_tls
FROM message
WHERE grain = 'message' AND has_crossed AND direction IN ('inbound', 'outbound', 'submission');

-- Mail that crossed the hop, in quarter hours, with type and Forced TLS? as settings tell them; day and hour are those of the display zone. Whoever
-- sums up by what the mail itself tells (told_type, told_forced) and asks setting_of about the sums is several times faster.
CREATE OR REPLACE VIEW crossed AS
SELECT
    moment_of(sums.grain, sums.quarter_utc) AS quarter_utc,
    local_time(moment_of(sums.grain, sums.quarter_utc)) AS quarter_local,
    cast(local_time(moment_of(sums.grain, sums.quarter_utc)) AS DATE) AS day,
    sums.to_direction AS direction,
    sums.connector,
    CASE WHEN sums.connector IS NOT NULL THEN coalesce(setting.connector_type, cast(sums.connector_type AS VARCHAR)) END AS connector_type,
    CASE WHEN sums.connector IS NOT NULL THEN coalesce(setting.forced_tls, sums.forced_tls) END AS forced_tls,
    cast(sums.connector_type AS VARCHAR) AS told_type,
    sums.forced_tls AS told_forced,
    cast(sums.tls AS VARCHAR) AS tls,
    sums.system,
    sums.grain,
    sums.is_estimate,
    sums.messages,
    sums.recipients,
    enum_code(sums.direction) < 2 AS in_flow,
    enum_code(sums.tls) BETWEEN 1 AND 2 AS is_tls10,
    enum_code(sums.tls) BETWEEN 2 AND 6 AS is_protected,
    enum_code(sums.tls) < 7 AS is_recorded,
    enum_code(sums.tls) AS tls_place,
    sums.direction AS raw_direction,
    sums.tls AS raw_tls
FROM (SELECT *, lower(connector) AS of_name, cast(direction AS VARCHAR) AS to_direction FROM trace.flow_quarter) AS sums
LEFT JOIN setting_of AS setting ON sums.of_name = setting.of_name AND sums.to_direction = setting.direction
WHERE enum_code(sums.status) < 2;

-- The same from the messages themselves, for questions that the rollup cannot answer: a macro, so that it takes the message view of who asks.
-- Daily totals of a day, direction and connector that has messages of its own do not count.
CREATE OR REPLACE MACRO crossed_messages() AS TABLE
SELECT
    time_bucket(INTERVAL 15 MINUTE, hop.time_utc) AS quarter_utc,
    local_time(time_bucket(INTERVAL 15 MINUTE, hop.time_utc)) AS quarter_local,
    cast(local_time(hop.time_utc) AS DATE) AS day,
    hop.direction,
    hop.connector,
    CASE WHEN hop.connector IS NOT NULL THEN coalesce(setting.connector_type, hop.connector_type) END AS connector_type,
    CASE WHEN hop.connector IS NOT NULL THEN coalesce(setting.forced_tls, hop.forced_tls) END AS forced_tls,
    hop.connector_type AS told_type,
    hop.forced_tls AS told_forced,
    hop.tls,
    hop.system,
    hop.grain,
    hop.is_estimate,
    hop.messages,
    hop.messages * greatest(1, len(hop.recipients)) AS recipients,
    hop.in_flow,
    hop.is_tls10,
    hop.is_protected,
    hop.is_recorded,
    hop.tls_place,
    hop.raw_direction,
    hop.raw_tls
FROM (SELECT *, lower(connector) AS of_name FROM message) AS hop
LEFT JOIN setting_of AS setting ON hop.of_name = setting.of_name AND hop.direction = setting.direction
WHERE
    hop.has_crossed
    AND (hop.grain = 'message' OR NOT EXISTS (
        FROM crossed AS known
        WHERE
            known.grain = 'message' AND known.direction = hop.direction AND known.connector IS NOT DISTINCT FROM hop.connector
            AND known.day = cast(local_time(hop.time_utc) AS DATE)
    ));

-- What every card and report counts: mail that crossed the hop, inbound and outbound.
CREATE OR REPLACE VIEW flow AS
SELECT * FROM crossed
WHERE in_flow;

-- Mail of one window, direction, connector and TLS version; NULL asks for any. TLS 1.0 asks for SSL too, as the findings do.
CREATE OR REPLACE MACRO hops_of(SINCE_UTC, UNTIL_UTC, of_direction, OF_ANY_CONNECTOR, of_connector, OF_TLS, OF_SYSTEM, OF_FLOW_ONLY) AS TABLE
SELECT *
FROM message
WHERE
    time_utc >= since_utc AND time_utc < until_utc
    AND is_near(stored_utc, since_utc, until_utc)
    AND (of_direction IS NULL OR direction = of_direction)
    AND (of_any_connector OR connector IS NOT DISTINCT FROM of_connector)
    AND (of_tls IS NULL OR tls = of_tls)
    AND (of_system IS NULL OR system = of_system)
    AND (NOT of_flow_only OR CASE WHEN of_direction IS NULL THEN in_flow ELSE has_crossed END);

-- What a person may look a hop up by, by the names that filters have for it; a HELO stands in, in brackets, for a host's name that nobody else knows.
CREATE OR REPLACE MACRO facet_of(FACET, PEER_HOST, HELO, PEER_IP, PEER_DOMAIN, SENDER, RECIPIENTS, SERVER, CIPHER, VERIFIED, SESSION_ID) AS CASE facet
    WHEN 'host' THEN host_of(peer_host, helo, peer_ip)
    WHEN 'address' THEN peer_ip
    WHEN 'domain' THEN peer_domain
    WHEN 'sender' THEN CASE WHEN sender = '' THEN '<>' ELSE sender END
    WHEN 'sender domain' THEN domain_of(sender)
    WHEN 'recipient domain' THEN domain_of(recipients[1])
    WHEN 'server' THEN server
    WHEN 'cipher' THEN cipher
    WHEN 'verified' THEN verified
    WHEN 'session' THEN session_id
END;

-- What would become of mail if nothing below a floor were taken or sent any more: 'any TLS' or a version. What forces TLS is refused, the rest
-- falls back to clear text; who refuses everything below the floor says so.
CREATE OR REPLACE MACRO tls_rank(tls) AS CASE tls
    WHEN 'No TLS' THEN 0
    WHEN 'SSL' THEN 1
    WHEN 'TLS 1.0' THEN 2
    WHEN 'TLS 1.1' THEN 3
    WHEN 'TLS 1.2' THEN 4
    WHEN 'TLS 1.3' THEN 5
END;

CREATE OR REPLACE MACRO tls_of_rank(rank) AS ['No TLS', 'SSL', 'TLS 1.0', 'TLS 1.1', 'TLS 1.2', 'TLS 1.3'][rank + 1];

CREATE OR REPLACE MACRO floor_rank(floor) AS CASE WHEN floor = 'any TLS' THEN 2 ELSE tls_rank(floor) END;

CREATE OR REPLACE MACRO floor_outcome(tls, forced_tls, floor, refuse) AS CASE
    WHEN tls_rank(tls) >= floor_rank(floor) OR (tls = 'TLS (version unknown)' AND floor_rank(floor) <= 2) THEN 'as now'
    WHEN tls_rank(tls) IS NULL THEN 'cannot be told'
    WHEN refuse OR coalesce(forced_tls, FALSE) THEN 'refused'
    WHEN tls = 'No TLS' THEN 'stays clear text'
    ELSE 'falls back to clear text'
END;

-- Each connector's shares over a window: of what was recorded, SSL counted with TLS 1.0.
CREATE OR REPLACE MACRO connector_shares(SINCE_UTC, UNTIL_UTC) AS TABLE
SELECT
    cast(raw_direction AS VARCHAR) AS direction,
    connector,
    any_value(connector_type) AS connector_type,
    cast(sum(messages) AS BIGINT) AS volume,
    cast(coalesce(sum(messages) FILTER (WHERE is_recorded), 0) AS BIGINT) AS recorded,
    cast(coalesce(sum(messages) FILTER (WHERE is_tls10), 0) AS BIGINT) AS tls10,
    cast(coalesce(sum(messages) FILTER (WHERE tls_place = 3), 0) AS BIGINT) AS tls11,
    cast(coalesce(sum(messages) FILTER (WHERE tls_place = 0), 0) AS BIGINT) AS no_tls,
    bool_or(is_estimate) AS is_estimate,
    max(quarter_utc) FILTER (WHERE is_tls10) AS tls10_last_utc,
    max(quarter_utc) FILTER (WHERE tls_place = 3) AS tls11_last_utc,
    max(quarter_utc) FILTER (WHERE tls_place = 0) AS no_tls_last_utc
FROM flow
WHERE quarter_utc >= since_utc AND quarter_utc < until_utc
GROUP BY raw_direction, connector;

-- Where one kind of mail ('tls10', 'no_tls') of one direction is above a limit, at connectors of one type, of no known type ('connector') or
-- without one ('none'). A connector's own limit, of those in limits, beats the finding's.
CREATE OR REPLACE MACRO significant_share(of_kind, of_place, of_direction, since_utc, until_utc, finding_percent, min_recorded, limits := NULL) AS TABLE
WITH own_limit AS (
    SELECT
        told.connector AS of_connector,
        told.percent AS own_percent
    FROM (SELECT unnest(cast(limits AS STRUCT(connector VARCHAR, percent DOUBLE)[])) AS told)
)

SELECT
    direction,
    connector,
    connector_type,
    messages,
    recorded,
    100.0 * messages / recorded AS percent,
    cast(coalesce(own_percent, finding_percent) AS DOUBLE) AS limit_percent,
    is_estimate,
    CASE of_kind WHEN 'tls10' THEN tls10_last_utc ELSE no_tls_last_utc END AS last_utc,
    recorded < min_recorded AS too_few,
    cast(NULL AS VARCHAR) AS what,
    cast(NULL AS VARCHAR) AS evidence
FROM (SELECT *, CASE of_kind WHEN 'tls10' THEN tls10 ELSE no_tls END AS messages FROM connector_shares(since_utc, until_utc))
LEFT JOIN own_limit ON lower(connector) = lower(of_connector)
WHERE
    direction = of_direction
    AND of_place = CASE WHEN connector IS NULL THEN 'none' WHEN connector_type IS NULL THEN 'connector' ELSE lower(connector_type) END
    AND messages * 100.0 > coalesce(own_percent, finding_percent) * recorded;
