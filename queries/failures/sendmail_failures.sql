-- title: Failed handshakes of a log of sendmail
-- help: STARTTLS that did not come to be, with those who connect and with those to whom mail was to be handed over.
-- into: failed_session
SELECT
    source_id,
    line_no,
    time_utc,
    CASE
        WHEN is_own_address(sendmail_address(sendmail_field(text, 'relay'))) THEN 'internal'
        WHEN starts_with(text, 'STARTTLS=server') THEN 'inbound'
        ELSE 'outbound'
    END AS direction,
    'Sendmail' AS system,
    split_part(who, ' ', 2) AS server,
    CASE
        WHEN NOT starts_with(sendmail_field(text, 'relay'), '[') THEN rtrim(split_part(sendmail_field(text, 'relay'), ' ', 1), '.')
    END AS peer_host,
    sendmail_address(sendmail_field(text, 'relay')) AS peer_ip,
    'handshake failed' AS kind,
    coalesce(sendmail_field(text, 'reason'), nullif(regexp_extract(text, 'error: (.*?)(?:, relay=|$)', 1), ''), text) AS error,
    split_part(who, ' ', 3) AS session_id,
    md5_number_lower(concat_ws('|', 'sendmail-failure', who, text, epoch_ms(time_utc))) AS hop_key
FROM raw
WHERE kind = 'failure' AND time_utc IS NOT NULL AND sendmail_field(text, 'relay') IS NOT NULL
