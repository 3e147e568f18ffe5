-- title: The same hours of the week before
-- help: Recorded and protected messages of a span, to the second, and on how many days anything was recorded at all.
-- params: since timestamp, until timestamp
-- result: FlowSpan
-- Whole quarter hours are in the flow; only what lies before the first and behind the last of them is looked for among the messages.
WITH told AS (
    SELECT
        cast(raw_direction AS VARCHAR) AS direction,
        sum(messages) AS messages,
        sum(messages) FILTER (WHERE is_recorded) AS recorded,
        sum(messages) FILTER (WHERE is_protected) AS protected
    FROM flow
    WHERE
        grain = 'message' AND in_flow
        AND quarter_utc >= time_bucket(INTERVAL 15 MINUTE, cast($since AS TIMESTAMP) + to_microseconds(899999999))
        AND quarter_utc < time_bucket(INTERVAL 15 MINUTE, cast($until AS TIMESTAMP))
    GROUP BY raw_direction
    UNION ALL
    SELECT
        cast(raw_direction AS VARCHAR) AS direction,
        sum(messages) AS messages,
        sum(messages) FILTER (WHERE is_recorded) AS recorded,
        sum(messages) FILTER (WHERE is_protected) AS protected
    FROM message
    WHERE
        grain = 'message' AND in_flow AND stored_utc >= $since
        AND stored_utc < least(time_bucket(INTERVAL 15 MINUTE, cast($since AS TIMESTAMP) + to_microseconds(899999999)), cast($until AS TIMESTAMP))
    GROUP BY raw_direction
    UNION ALL
    SELECT
        cast(raw_direction AS VARCHAR) AS direction,
        sum(messages) AS messages,
        sum(messages) FILTER (WHERE is_recorded) AS recorded,
        sum(messages) FILTER (WHERE is_protected) AS protected
    FROM message
    WHERE
        grain = 'message' AND in_flow AND stored_utc < $until
        AND stored_utc >= greatest(
            time_bucket(INTERVAL 15 MINUTE, cast($since AS TIMESTAMP) + to_microseconds(899999999)),
            time_bucket(INTERVAL 15 MINUTE, cast($until AS TIMESTAMP))
        )
    GROUP BY raw_direction
)

SELECT
    direction,
    cast(sum(messages) AS BIGINT) AS messages,
    cast(coalesce(sum(recorded), 0) AS BIGINT) AS recorded,
    cast(coalesce(sum(protected), 0) AS BIGINT) AS protected
FROM told
GROUP BY direction
ORDER BY direction
