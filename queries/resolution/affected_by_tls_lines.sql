-- title: Messages without a TLS line in the span in which its meaning changed
-- help: The time since which a service logs TLS lines changed, or was added or removed.
-- params: since timestamp, until timestamp
INSERT INTO affected_message
SELECT message.rowid AS row_no
FROM trace.message
INNER JOIN source_rule ON message.source_id = source_rule.source_id
INNER JOIN context_change AS change
    ON
        service_key_of(message.system, message.server, message.service, coalesce(message.recorded_direction, message.direction) = 'outbound') = change.service_key
        AND message.time_utc >= change.since_utc AND message.time_utc < change.until_utc
WHERE
    message.time_utc >= $since AND message.time_utc < $until
    AND message.tls_raw = 'no TLS line' AND source_rule.infers_clear_text
    AND message.rowid NOT IN (SELECT row_no FROM affected_message)
