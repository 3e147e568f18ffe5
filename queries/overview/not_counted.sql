-- title: Mail that is not in the Overview totals
-- help: Messages from own clients, within the organisation, of unknown direction, and those that were not transferred.
-- params: since timestamp, until timestamp
-- result: NotCounted
SELECT
    cast(direction AS VARCHAR) AS direction,
    cast(status AS VARCHAR) AS status,
    cast(sum(messages) AS BIGINT) AS messages
FROM trace.flow_quarter
WHERE
    moment_of(grain, quarter_utc) >= $since AND moment_of(grain, quarter_utc) < $until AND is_near(quarter_utc, $since, $until)
    AND NOT (is_edge_direction(direction) AND is_transferred(status))
GROUP BY direction, status
ORDER BY direction, status
