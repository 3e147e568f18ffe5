-- title: Failed sessions are written
-- help: Of every source; resolution/duplicate_failures marks the counted ones.
INSERT INTO trace.failed_session BY NAME
SELECT
    time_utc,
    CASE
        WHEN
            is_edge_direction(direction) AND len(getvariable('own_servers')) > 0
            AND (
                coalesce(list_contains(getvariable('own_servers'), lower(peer_host)), FALSE)
                OR coalesce(list_contains(getvariable('own_servers'), lower(helo)), FALSE)
                OR coalesce(list_contains(getvariable('own_servers'), peer_ip), FALSE)
            )
            THEN 'internal'
        ELSE cast(direction AS VARCHAR)
    END AS direction,
    connector,
    system,
    server,
    peer_host,
    helo,
    peer_ip,
    kind,
    error,
    session_id,
    hop_key,
    source_id,
    line_no,
    FALSE AS is_duplicate
FROM incoming
WHERE
    problem IS NULL AND time_utc IS NOT NULL AND time_utc <= getvariable('horizon_utc')
    AND time_utc >= getvariable('kept_from')
