-- title: Outbound and inbound mail flow by TLS version
-- help: Transferred messages in the window, in both directions.
-- params: since timestamp, until timestamp
-- result: FlowCell
SELECT
    cast(raw_direction AS VARCHAR) AS direction,
    cast(raw_tls AS VARCHAR) AS tls,
    cast(sum(messages) AS BIGINT) AS messages,
    cast(sum(recipients) AS BIGINT) AS recipients,
    bool_or(is_estimate) AS is_estimate,
    coalesce(cast(sum(messages) FILTER (WHERE connector IS NOT NULL) AS BIGINT), 0) AS through_connectors,
    coalesce(cast(sum(messages) FILTER (WHERE NOT shows_clear_text) AS BIGINT), 0) AS clear_text_unseen
FROM flow
WHERE
    quarter_utc >= $since AND quarter_utc < $until
GROUP BY raw_direction, raw_tls
ORDER BY direction, tls
