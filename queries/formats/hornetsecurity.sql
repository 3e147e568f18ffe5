-- title: Hornetsecurity mail logs
-- help: The JSON of the email live tracking API: the way in or out with the dialogue of its SMTP session.
-- tells: direction, TLS version, cipher, peer, sender, recipients, subject, status
-- cannot tell: connector, HELO
-- recognise: json smtp_dialog
-- reader: json
-- wrapped in: emails
-- system: Hornetsecurity
-- columns: item
-- into: message
WITH told AS (
    SELECT
        source_id,
        line_no,
        json_time(coalesce(told_at(item, '$.date'), told_at(item, '$.timestamp'))) AS time_utc,
        CASE WHEN told_at(item, '$.direction') IN ('1', 'in', 'incoming', 'Incoming', 'inbound') THEN 'inbound' ELSE 'outbound' END AS way,
        CASE
            WHEN json_type(item, '$.smtp_dialog') = 'ARRAY' THEN array_to_string(cast(json_extract(item, '$.smtp_dialog') AS VARCHAR[]), ';')
            ELSE item ->> '$.smtp_dialog'
        END AS dialog,
        coalesce(told_at(item, '$.crypt_type_in.text'), told_at(item, '$.crypt_type_in')) AS crypt_in,
        coalesce(told_at(item, '$.crypt_type_out.text'), told_at(item, '$.crypt_type_out')) AS crypt_out,
        coalesce(told_at(item, '$.source_hostname'), told_at(item, '$.hostname')) AS source_host,
        address_of(coalesce(told_at(item, '$.source_ip'), told_at(item, '$.gateway_ip'))) AS source_ip,
        coalesce(told_at(item, '$.destination_hostname'), told_at(item, '$.destination_host')) AS destination_host,
        address_of(told_at(item, '$.destination_ip')) AS destination_ip,
        lower(told_at(item, '$.comm_partner')) AS partner,
        lower(told_at(item, '$.owner')) AS owner,
        addresses_of([coalesce(told_at(item, '$.sender'), told_at(item, '$.from'))])[1] AS sender_told,
        addresses_of(coalesce(list_at(item, '$.recipient'), list_at(item, '$.to'))) AS recipients_told,
        told_at(item, '$.subject') AS subject,
        told_at(item, '$.message_id') AS message_id,
        told_at(item, '$.smtp_status_code') AS reply,
        coalesce(told_at(item, '$.status.text'), told_at(item, '$.status')) AS status_text,
        try_cast(told_at(item, '$.size') AS BIGINT) AS size_bytes,
        coalesce(told_at(item, '$.es_mail_id'), told_at(item, '$.id')) AS session_id
    FROM raw
),

known AS MATERIALIZED (
    SELECT
        *,
        nullif(regexp_extract(dialog, '(?:^|;)\s*TLS_VER=([^;]*)', 1), '') AS version_text,
        nullif(regexp_extract(dialog, '(?:^|;)\s*(?:TLS_CSUITE|CIPHER)=([^;]*)', 1), '') AS cipher,
        CASE way WHEN 'inbound' THEN crypt_in ELSE crypt_out END AS crypt,
        coalesce(sender_told, CASE way WHEN 'inbound' THEN partner ELSE owner END) AS sender,
        CASE
            WHEN len(recipients_told) > 0 THEN recipients_told ELSE list_filter([CASE way WHEN 'inbound' THEN owner ELSE partner END], LAMBDA one: one IS NOT NULL)
        END AS recipients
    FROM told
),

judged AS (
    SELECT
        *,
        coalesce(version_text, crypt) AS tls_raw,
        CASE
            WHEN version_text IS NOT NULL THEN tls_grade(version_text, cipher)
            WHEN lower(crypt) IN ('none', 'no encryption', 'unencrypted', 'not encrypted') THEN 'No TLS'
            WHEN crypt ILIKE '%tls%' THEN tls_grade(crypt, cipher)
            ELSE 'Not recorded'
        END AS tls,
        CASE
            WHEN status_text ILIKE '%reject%' OR status_text ILIKE '%refus%' THEN 'refused'
            WHEN status_text ILIKE '%defer%' THEN 'deferred'
            WHEN status_text ILIKE '%bounce%' THEN 'bounced'
            WHEN way = 'outbound' THEN 'handed over'
            ELSE 'accepted'
        END AS status,
        CASE way WHEN 'inbound' THEN source_host ELSE destination_host END AS peer_host,
        CASE way WHEN 'inbound' THEN source_ip ELSE destination_ip END AS peer_ip,
        coalesce(message_id, session_id, concat_ws('|', epoch_ms(time_utc), sender, array_to_string(recipients, ';'))) AS message_key
    FROM known
),

-- Each mailbox has an entry of its own: one message at one hop.
hop AS (
    SELECT
        arg_min(source_id, line_no) AS source_id,
        min(line_no) AS line_no,
        min(time_utc) AS time_utc,
        way,
        tls_raw,
        tls,
        status,
        peer_host,
        peer_ip,
        message_key,
        any_value(cipher) AS cipher,
        any_value(reply) AS reply,
        any_value(sender) AS sender,
        list_distinct(flatten(list(recipients ORDER BY line_no))) AS recipients,
        any_value(subject) AS subject,
        any_value(message_id) AS message_id,
        any_value(session_id) AS session_id,
        max(size_bytes) AS size_bytes
    FROM judged
    WHERE time_utc IS NOT NULL
    GROUP BY way, tls_raw, tls, status, peer_host, peer_ip, message_key
)

SELECT
    source_id,
    line_no,
    time_utc,
    way AS direction,
    tls_raw,
    tls,
    cipher,
    status,
    reply,
    'Hornetsecurity' AS system,
    peer_host,
    peer_ip,
    domain_of(CASE way WHEN 'inbound' THEN sender ELSE recipients[1] END) AS peer_domain,
    sender,
    recipients,
    subject,
    message_id,
    session_id,
    size_bytes,
    md5_number_lower(concat_ws('|', 'hornet', way, message_key, coalesce(peer_ip, peer_host), tls_raw, status)) AS hop_key,
    NULL AS problem
FROM hop
UNION ALL BY NAME
SELECT
    source_id,
    line_no,
    'the time cannot be read' AS problem
FROM known
WHERE time_utc IS NULL
