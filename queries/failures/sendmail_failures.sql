-- title: Failed handshakes of a log of sendmail
-- help: Failed STARTTLS of incoming and outgoing connections.
-- into: failed_session
WITH relays AS (
    SELECT
        *,
        sendmail_field(text, 'relay') AS relay
    FROM raw
    WHERE kind = 'failure' AND time_utc IS NOT NULL
),

failures AS (
    SELECT
        *,
        sendmail_address(relay) AS peer_ip
    FROM relays
    WHERE relay IS NOT NULL
)

SELECT
    source_id,
    line_no,
    time_utc,
    CASE
        WHEN is_own_address(peer_ip) THEN 'internal'
        WHEN starts_with(text, 'STARTTLS=server') THEN 'inbound'
        ELSE 'outbound'
    END AS direction,
    'Sendmail' AS system,
    split_part(who, ' ', 2) AS server,
    CASE
        WHEN NOT starts_with(relay, '[') THEN rtrim(string_split(relay, ' ')[1], '.')
    END AS peer_host,
    peer_ip,
    'handshake failed' AS kind,
    coalesce(sendmail_field(text, 'reason'), nullif(regexp_extract(text, 'error: (.*?)(?:, relay=|$)', 1), ''), text) AS error,
    split_part(who, ' ', 3) AS session_id,
    md5_number_lower(concat_ws('|', 'sendmail-failure', who, text, epoch_ms(time_utc))) AS hop_key
FROM failures
