-- title: Failed handshakes of a log of OpenSMTPD
-- help: Sessions that ended in their TLS handshake.
-- into: failed_session
SELECT
    line.source_id,
    line.line_no,
    line.time_utc,
    CASE
        WHEN is_own_address(session.peer_ip) THEN 'internal' WHEN session.is_sent THEN 'outbound' ELSE 'inbound'
    END AS direction,
    'OpenSMTPD' AS system,
    line.server,
    CASE WHEN session.peer_host NOT IN ('', '<unknown>', 'unknown') AND session.peer_host <> session.peer THEN session.peer_host END AS peer_host,
    session.peer_ip,
    'handshake failed' AS kind,
    regexp_extract(line.text, 'reason="?(.*?)"?$', 1) AS error,
    line.session AS session_id,
    md5_number_lower(concat_ws('|', 'opensmtpd-failure', line.server, line.session)) AS hop_key
FROM raw AS line
INNER JOIN (
    SELECT
        *,
        address_of(peer) AS peer_ip
    FROM (
        SELECT
            server,
            session,
            opensmtpd_field(peer_text, 'host') AS peer_host,
            regexp_replace(opensmtpd_field(peer_text, 'address'), '^\w+://', '') AS peer,
            starts_with(opensmtpd_field(peer_text, 'address'), 'smtp') AS is_sent
        FROM opensmtpd_sessions('raw')
        WHERE peer_text IS NOT NULL
    )
) AS session ON line.session = session.session AND line.server = session.server
WHERE (line.kind = 'end' OR line.kind = 'error') AND regexp_matches(line.text, '(?i)handshake|SSL routines|no shared cipher|unsupported protocol')
QUALIFY row_number() OVER (PARTITION BY line.server, line.session ORDER BY line.time_utc, line.line_no) = 1
