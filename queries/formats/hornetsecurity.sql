-- title: Hornetsecurity mail logs
-- help: The JSON of the email live tracking API: the way in or out with the dialogue of its SMTP session.
-- provides: direction, TLS version, cipher, peer, sender, recipients, subject, status
-- lacks: connector, HELO
-- recognise: json smtp_dialog
-- reader: json
-- json_path: emails
-- system: Hornetsecurity
-- columns: item
-- hosted_service: yes
-- connectors_from_settings: yes
-- into: message
WITH spelt AS (
    SELECT
        source_id,
        line_no,
        item,
        texts_at(item, [
            '$.date', '$.timestamp', '$.direction', '$.crypt_type_in.text', '$.crypt_type_in', '$.crypt_type_out.text', '$.crypt_type_out',
            '$.source_hostname', '$.hostname', '$.source_ip', '$.gateway_ip', '$.destination_hostname', '$.destination_host',
            '$.destination_ip', '$.comm_partner', '$.owner', '$.sender', '$.from', '$.subject', '$.message_id', '$.smtp_status_code',
            '$.status.text', '$.status', '$.size', '$.es_mail_id', '$.id'
        ]) AS words
    FROM raw
),

word AS (
    SELECT
        source_id,
        line_no,
        item,
        words[1] AS date_word,
        words[2] AS timestamp_word,
        words[3] AS direction_word,
        words[4] AS crypt_type_in_text,
        words[5] AS crypt_type_in,
        words[6] AS crypt_type_out_text,
        words[7] AS crypt_type_out,
        words[8] AS source_hostname,
        words[9] AS hostname_word,
        words[10] AS source_ip,
        words[11] AS gateway_ip,
        words[12] AS destination_hostname,
        words[13] AS destination_host,
        words[14] AS destination_ip,
        words[15] AS comm_partner,
        words[16] AS owner_word,
        words[17] AS sender_word,
        words[18] AS from_word,
        words[19] AS subject_word,
        words[20] AS message_id_word,
        words[21] AS smtp_status_code,
        words[22] AS status_text,
        words[23] AS status_word,
        words[24] AS size_word,
        words[25] AS es_mail_id,
        words[26] AS id_word
    FROM spelt
),

told AS (
    SELECT
        source_id,
        line_no,
        json_time(coalesce(date_word, timestamp_word)) AS time_utc,
        CASE WHEN direction_word IN ('1', 'in', 'incoming', 'Incoming', 'inbound') THEN 'inbound' ELSE 'outbound' END AS way,
        CASE
            WHEN json_type(item, '$.smtp_dialog') = 'ARRAY' THEN array_to_string(cast(json_extract(item, '$.smtp_dialog') AS VARCHAR[]), ';')
            ELSE item ->> '$.smtp_dialog'
        END AS dialog,
        coalesce(crypt_type_in_text, crypt_type_in) AS crypt_in,
        coalesce(crypt_type_out_text, crypt_type_out) AS crypt_out,
        coalesce(source_hostname, hostname_word) AS source_host,
        address_of(coalesce(source_ip, gateway_ip)) AS source_ip,
        coalesce(destination_hostname, destination_host) AS destination_host,
        address_of(destination_ip) AS destination_ip,
        lower(comm_partner) AS partner,
        lower(owner_word) AS owner,
        addresses_of([coalesce(sender_word, from_word)])[1] AS sender_told,
        addresses_of(coalesce(list_at(item, '$.recipient'), list_at(item, '$.to'))) AS recipients_told,
        subject_word AS subject,
        message_id_word AS message_id,
        smtp_status_code AS reply,
        coalesce(status_text, status_word) AS status_text,
        try_cast(size_word AS BIGINT) AS size_bytes,
        coalesce(es_mail_id, id_word) AS session_id
    FROM word
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
            WHEN status_text ILIKE '%reject%' OR status_text ILIKE '%refus%' THEN 'rejected'
            WHEN status_text ILIKE '%defer%' THEN 'deferred'
            WHEN status_text ILIKE '%bounce%' THEN 'bounced'
            WHEN way = 'outbound' THEN 'delivered'
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
        source_id,
        min(line_no) AS line_no,
        min(time_utc) AS time_utc,
        way,
        tls_raw,
        tls,
        status,
        peer_host,
        peer_ip,
        message_key,
        min(cipher) AS cipher,
        min(reply) AS reply,
        min(sender) AS sender,
        all_recipients(recipients) AS recipients,
        min(subject) AS subject,
        min(message_id) AS message_id,
        min(session_id) AS session_id,
        max(size_bytes) AS size_bytes
    FROM judged
    WHERE time_utc IS NOT NULL
    GROUP BY source_id, way, tls_raw, tls, status, peer_host, peer_ip, message_key
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
    CASE way WHEN 'inbound' THEN domain_of(sender) ELSE recipient_domain(recipients) END AS peer_domain,
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
