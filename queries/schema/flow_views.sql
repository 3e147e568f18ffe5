-- title: Views of the mail flow for screens
-- help: Views over the attached trace file, after those of schema/views.

-- Daily totals that are not counted, because single messages of that day, direction, system and connector are loaded; the day is of the display zone.
CREATE OR REPLACE TABLE superseded_total AS
WITH totals AS (
    SELECT DISTINCT
        cast(quarter_utc AS DATE) AS day,
        cast(direction AS VARCHAR) AS direction,
        system,
        connector
    FROM trace.flow_quarter
    WHERE grain = 'day'
),

message_days AS (
    SELECT DISTINCT
        cast(local_time(quarter_utc) AS DATE) AS day,
        cast(direction AS VARCHAR) AS direction,
        system,
        connector
    FROM trace.flow_quarter
    WHERE grain = 'message' AND is_edge_direction(direction) AND is_transferred(status) AND EXISTS (FROM totals)
)

SELECT totals.* FROM totals
INNER JOIN message_days
    ON
        totals.day = message_days.day AND totals.direction = message_days.direction AND totals.system = message_days.system
        AND totals.connector IS NOT DISTINCT FROM message_days.connector;

-- Transferred mail in quarter hours, with type and Forced TLS? from the settings; day and hour are of the display zone. Summing by the recorded values
-- (recorded_type, recorded_forced) and joining setting_of to the sums is several times faster.
CREATE OR REPLACE VIEW edge_flow AS
SELECT
    moment_of(sums.grain, sums.quarter_utc) AS quarter_utc,
    local_time(moment_of(sums.grain, sums.quarter_utc)) AS quarter_local,
    cast(local_time(moment_of(sums.grain, sums.quarter_utc)) AS DATE) AS day,
    sums.to_direction AS direction,
    sums.connector,
    CASE WHEN sums.connector IS NOT NULL THEN coalesce(setting.connector_type, cast(sums.connector_type AS VARCHAR)) END AS connector_type,
    CASE WHEN sums.connector IS NOT NULL THEN coalesce(setting.forced_tls, sums.forced_tls) END AS forced_tls,
    cast(sums.connector_type AS VARCHAR) AS recorded_type,
    sums.forced_tls AS recorded_forced,
    cast(sums.tls AS VARCHAR) AS tls,
    sums.system,
    sums.grain,
    sums.is_estimate,
    sums.shows_clear_text,
    sums.messages,
    sums.recipients,
    is_edge_direction(sums.direction) AS in_flow,
    is_tls10_or_ssl(sums.tls) AS is_tls10,
    is_protected_tls(sums.tls) AS is_protected,
    is_recorded_tls(sums.tls) AS is_recorded,
    enum_code(sums.tls) AS tls_code,
    sums.direction AS raw_direction,
    sums.tls AS raw_tls
FROM (SELECT *, lower(connector) AS of_name, cast(direction AS VARCHAR) AS to_direction FROM trace.flow_quarter) AS sums
LEFT JOIN setting_of AS setting ON sums.of_name = setting.of_name AND sums.to_direction = setting.direction
LEFT JOIN superseded_total AS superseded
    ON
        sums.grain = 'day' AND cast(sums.quarter_utc AS DATE) = superseded.day AND sums.to_direction = superseded.direction AND sums.system = superseded.system
        AND sums.connector IS NOT DISTINCT FROM superseded.connector
WHERE is_transferred(sums.status) AND superseded.day IS NULL;

-- The same from the messages, for questions that the rollup cannot answer: a macro, so that it uses the caller's message view.
CREATE OR REPLACE MACRO edge_messages() AS TABLE
SELECT
    time_bucket(INTERVAL 15 MINUTE, hop.time_utc) AS quarter_utc,
    local_time(time_bucket(INTERVAL 15 MINUTE, hop.time_utc)) AS quarter_local,
    cast(local_time(hop.time_utc) AS DATE) AS day,
    hop.direction,
    hop.connector,
    CASE WHEN hop.connector IS NOT NULL THEN coalesce(setting.connector_type, hop.connector_type) END AS connector_type,
    CASE WHEN hop.connector IS NOT NULL THEN coalesce(setting.forced_tls, hop.forced_tls) END AS forced_tls,
    hop.connector_type AS recorded_type,
    hop.forced_tls AS recorded_forced,
    hop.tls,
    hop.system,
    hop.grain,
    hop.is_estimate,
    can_show_clear_text(of_source.shows_clear_text, of_system.shows_clear_text) AS shows_clear_text,
    hop.messages,
    hop.messages * greatest(1, len(hop.recipients)) AS recipients,
    hop.in_flow,
    hop.is_tls10,
    hop.is_protected,
    hop.is_recorded,
    hop.tls_code,
    hop.raw_direction,
    hop.raw_tls
FROM (SELECT *, lower(connector) AS of_name FROM message) AS hop
LEFT JOIN setting_of AS setting ON hop.of_name = setting.of_name AND hop.direction = setting.direction
LEFT JOIN source_ability AS of_source ON hop.source_id = of_source.source_id
LEFT JOIN system_ability AS of_system ON hop.system = of_system.system
LEFT JOIN superseded_total AS superseded
    ON
        hop.grain = 'day' AND cast(hop.stored_utc AS DATE) = superseded.day AND hop.direction = superseded.direction AND hop.system = superseded.system
        AND hop.connector IS NOT DISTINCT FROM superseded.connector
WHERE hop.is_transferred AND superseded.day IS NULL;

-- What the Overview and reports count: transferred mail, inbound and outbound.
CREATE OR REPLACE VIEW flow AS
SELECT * FROM edge_flow
WHERE in_flow;

-- Mail of one window, direction, connector and TLS version; NULL means any. TLS 1.0 includes SSL, as in findings.
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
    AND (NOT of_flow_only OR CASE WHEN of_direction IS NULL THEN in_flow ELSE is_transferred END);

-- Recorded and protected messages of a span to the second, by direction. Whole quarter hours are in the rollup; only the times before the first and
-- after the last of them are read from the messages. A macro, so that it uses the caller's message view.
CREATE OR REPLACE MACRO flow_of_span(SINCE_UTC, UNTIL_UTC) AS TABLE
WITH parts AS (
    SELECT
        raw_direction,
        messages,
        is_recorded,
        is_protected
    FROM flow
    WHERE
        grain = 'message' AND in_flow
        AND quarter_utc >= time_bucket(INTERVAL 15 MINUTE, cast(since_utc AS TIMESTAMP) + to_microseconds(899999999))
        AND quarter_utc < time_bucket(INTERVAL 15 MINUTE, cast(until_utc AS TIMESTAMP))
    UNION ALL
    SELECT
        raw_direction,
        messages,
        is_recorded,
        is_protected
    FROM message
    WHERE
        grain = 'message' AND in_flow AND stored_utc >= cast(since_utc AS TIMESTAMP)
        AND stored_utc < least(time_bucket(INTERVAL 15 MINUTE, cast(since_utc AS TIMESTAMP) + to_microseconds(899999999)), cast(until_utc AS TIMESTAMP))
    UNION ALL
    SELECT
        raw_direction,
        messages,
        is_recorded,
        is_protected
    FROM message
    WHERE
        grain = 'message' AND in_flow AND stored_utc < cast(until_utc AS TIMESTAMP)
        AND stored_utc >= greatest(
            time_bucket(INTERVAL 15 MINUTE, cast(since_utc AS TIMESTAMP) + to_microseconds(899999999)),
            time_bucket(INTERVAL 15 MINUTE, cast(until_utc AS TIMESTAMP))
        )
)

SELECT
    cast(raw_direction AS VARCHAR) AS direction,
    cast(sum(messages) AS BIGINT) AS messages,
    cast(coalesce(sum(messages) FILTER (WHERE is_recorded), 0) AS BIGINT) AS recorded,
    cast(coalesce(sum(messages) FILTER (WHERE is_protected), 0) AS BIGINT) AS protected
FROM parts
GROUP BY raw_direction;
