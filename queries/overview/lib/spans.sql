-- title: Flow of a span to the second
-- help: Whole quarter hours are in the rollup; only what lies before the first and behind the last of them is looked for among the messages.

-- Recorded and protected messages of a span by direction: a macro, so that it takes the message view of who asks.
CREATE OR REPLACE MACRO flow_of_span(SINCE_UTC, UNTIL_UTC) AS TABLE
WITH parts AS (
    SELECT
        cast(raw_direction AS VARCHAR) AS direction,
        sum(messages) AS messages,
        sum(messages) FILTER (WHERE is_recorded) AS recorded,
        sum(messages) FILTER (WHERE is_protected) AS protected
    FROM flow
    WHERE
        grain = 'message' AND in_flow
        AND quarter_utc >= time_bucket(INTERVAL 15 MINUTE, cast(since_utc AS TIMESTAMP) + to_microseconds(899999999))
        AND quarter_utc < time_bucket(INTERVAL 15 MINUTE, cast(until_utc AS TIMESTAMP))
    GROUP BY raw_direction
    UNION ALL
    SELECT
        cast(raw_direction AS VARCHAR) AS direction,
        sum(messages) AS messages,
        sum(messages) FILTER (WHERE is_recorded) AS recorded,
        sum(messages) FILTER (WHERE is_protected) AS protected
    FROM message
    WHERE
        grain = 'message' AND in_flow AND stored_utc >= cast(since_utc AS TIMESTAMP)
        AND stored_utc < least(time_bucket(INTERVAL 15 MINUTE, cast(since_utc AS TIMESTAMP) + to_microseconds(899999999)), cast(until_utc AS TIMESTAMP))
    GROUP BY raw_direction
    UNION ALL
    SELECT
        cast(raw_direction AS VARCHAR) AS direction,
        sum(messages) AS messages,
        sum(messages) FILTER (WHERE is_recorded) AS recorded,
        sum(messages) FILTER (WHERE is_protected) AS protected
    FROM message
    WHERE
        grain = 'message' AND in_flow AND stored_utc < cast(until_utc AS TIMESTAMP)
        AND stored_utc >= greatest(
            time_bucket(INTERVAL 15 MINUTE, cast(since_utc AS TIMESTAMP) + to_microseconds(899999999)),
            time_bucket(INTERVAL 15 MINUTE, cast(until_utc AS TIMESTAMP))
        )
    GROUP BY raw_direction
)

SELECT
    direction,
    cast(sum(messages) AS BIGINT) AS messages,
    cast(coalesce(sum(recorded), 0) AS BIGINT) AS recorded,
    cast(coalesce(sum(protected), 0) AS BIGINT) AS protected
FROM parts
GROUP BY direction;
