-- title: Evidence in new observations that TLS lines are logged
-- help: One row for each source and service. Evidence from pending rows is replaced when they are read again (is_pending).
INSERT INTO trace.tls_evidence
SELECT
    seen.source_id,
    pending.source_id IS NOT NULL AS is_pending,
    seen.system,
    seen.server,
    seen.service,
    seen.direction = 'outbound' AS is_sent,
    min(seen.time_utc) AS since_utc
FROM sound_observation AS seen
INNER JOIN source_rule ON seen.source_id = source_rule.source_id
LEFT JOIN (SELECT DISTINCT source_id, line_no FROM trace.pending) AS pending ON seen.source_id = pending.source_id AND seen.line_no = pending.line_no
WHERE source_rule.infers_clear_text AND is_recorded_tls(seen.tls) AND seen.tls <> 'No TLS'
GROUP BY ALL
