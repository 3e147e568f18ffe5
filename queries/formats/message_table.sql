-- title: Table with mailflow's own columns
-- help: Any .duckdb, .parquet or .csv with at least time_utc, direction and tls, and any other columns of message.
-- provides: the columns that it has, of those that mailflow export writes
-- lacks: the other columns
-- recognise: header time_utc direction tls
-- required_columns: time_utc, direction, tls
-- reader: csv
-- columns: time_utc, direction, connector, connector_type, forced_tls, tls, tls_raw, cipher, verified, status, reply, system, server, service, peer_host, helo, peer_ip, peer_domain, sender, recipients, subject, auth_user, certificate, security_policy, message_id, network_message_id, session_id, hop_key, size_bytes, messages, is_estimate, grain
-- into: message
WITH cells AS (
    SELECT
        *,
        time_of(time_utc) AS moment_utc,
        direction_of(direction) AS parsed_direction,
        values_of(recipients) AS all_recipients
    FROM raw
)

SELECT
    source_id,
    line_no,
    moment_utc AS time_utc,
    parsed_direction AS direction,
    nullif(connector, '') AS connector,
    connector_type_of(connector_type) AS connector_type,
    boolean_of(forced_tls) AS forced_tls,
    tls_grade(tls, cipher) AS tls,
    coalesce(nullif(tls_raw, ''), tls) AS tls_raw,
    cipher,
    verified,
    coalesce(status_of(status), CASE WHEN parsed_direction = 'outbound' THEN 'delivered' ELSE 'accepted' END) AS status,
    reply,
    coalesce(nullif(system, ''), 'Table') AS system,
    server,
    service,
    peer_host,
    helo,
    peer_ip,
    lower(coalesce(
        nullif(peer_domain, ''),
        CASE parsed_direction WHEN 'inbound' THEN domain_of(sender) WHEN 'outbound' THEN domain_of(all_recipients[1]) END
    )) AS peer_domain,
    sender,
    coalesce(all_recipients, []) AS recipients,
    subject,
    auth_user,
    certificate,
    security_policy,
    message_id,
    network_message_id,
    session_id,
    coalesce(
        try_cast(hop_key AS UBIGINT),
        md5_number_lower(concat_ws(
            '|', 'table', time_utc, direction, connector, tls, sender, recipients, coalesce(peer_ip, peer_host, helo),
            coalesce(message_id, session_id, 'line ' || line_no)
        ))
    ) AS hop_key,
    try_cast(size_bytes AS BIGINT) AS size_bytes,
    coalesce(try_cast(messages AS BIGINT), 1) AS messages,
    coalesce(boolean_of(is_estimate), FALSE) AS is_estimate,
    CASE WHEN grain = 'day' THEN 'day' ELSE 'message' END AS grain,
    CASE
        WHEN lower(time_utc) = 'time_utc' THEN ''
        WHEN moment_utc IS NULL THEN 'time_utc is not a time'
        WHEN try_cast(messages AS BIGINT) < 0 OR (messages IS NOT NULL AND try_cast(messages AS BIGINT) IS NULL) THEN 'messages is not a count'
    END AS problem
FROM cells
