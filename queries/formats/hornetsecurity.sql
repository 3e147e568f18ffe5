-- title: Hornetsecurity mail logs
-- help: JSON of the email live tracking API: incoming and outgoing hops with the dialogue of their SMTP sessions.
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
WITH item_texts AS (
    SELECT
        source_id,
        line_no,
        item,
        texts_at(item, [
            '$.date', '$.timestamp', '$.direction', '$.crypt_type_in.text', '$.crypt_type_in', '$.crypt_type_out.text', '$.crypt_type_out',
            '$.source_hostname', '$.hostname', '$.source_ip', '$.gateway_ip', '$.destination_hostname', '$.destination_host',
            '$.destination_ip', '$.comm_partner', '$.owner', '$.sender', '$.from', '$.subject', '$.message_id', '$.smtp_status_code',
            '$.status.text', '$.status', '$.size', '$.es_mail_id', '$.id'
        ]) AS texts
    FROM raw
),

item_fields AS (
    SELECT
        source_id,
        line_no,
        item,
        texts[1] AS date_word,
        texts[2] AS timestamp_word,
        texts[3] AS direction_word,
        texts[4] AS crypt_type_in_text,
        texts[5] AS crypt_type_in,
        texts[6] AS crypt_type_out_text,
        texts[7] AS crypt_type_out,
        texts[8] AS source_hostname,
        texts[9] AS hostname_word,
        texts[10] AS source_ip,
        texts[11] AS gateway_ip,
        texts[12] AS destination_hostname,
        texts[13] AS destination_host,
        texts[14] AS destination_ip,
        texts[15] AS comm_partner,
        texts[16] AS owner_word,
        texts[17] AS sender_word,
        texts[18] AS from_word,
        texts[19] AS subject_word,
        texts[20] AS message_id_word,
        texts[21] AS smtp_status_code,
        texts[22] AS status_text,
        texts[23] AS status_word,
        texts[24] AS size_word,
        texts[25] AS es_mail_id,
        texts[26] AS id_word
    FROM item_texts
),

entries AS (
    SELECT
        source_id,
        line_no,
        json_time(coalesce(date_word, timestamp_word)) AS time_utc,
        CASE WHEN direction_word IN ('1', 'in', 'incoming', 'Incoming', 'inbound') THEN 'inbound' ELSE 'outbound' END AS direction,
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
        addresses_of([coalesce(sender_word, from_word)])[1] AS recorded_sender,
        addresses_of(coalesce(list_at(item, '$.recipient'), list_at(item, '$.to'))) AS recorded_recipients,
        subject_word AS subject,
        message_id_word AS message_id,
        smtp_status_code AS reply,
        coalesce(status_text, status_word) AS status_text,
        try_cast(size_word AS BIGINT) AS size_bytes,
        coalesce(es_mail_id, id_word) AS session_id
    FROM item_fields
),

entries_with_tls AS MATERIALIZED (
    SELECT
        *,
        nullif(regexp_extract(dialog, '(?:^|;)\s*TLS_VER=([^;]*)', 1), '') AS version_text,
        nullif(regexp_extract(dialog, '(?:^|;)\s*(?:TLS_CSUITE|CIPHER)=([^;]*)', 1), '') AS cipher,
        CASE direction WHEN 'inbound' THEN crypt_in ELSE crypt_out END AS crypt,
        coalesce(recorded_sender, CASE direction WHEN 'inbound' THEN partner ELSE owner END) AS sender,
        CASE
            WHEN len(recorded_recipients) > 0 THEN recorded_recipients ELSE list_filter([CASE direction WHEN 'inbound' THEN owner ELSE partner END], LAMBDA one: one IS NOT NULL)
        END AS recipients
    FROM entries
),

classified_entries AS (
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
            WHEN direction = 'outbound' THEN 'delivered'
            ELSE 'accepted'
        END AS status,
        CASE direction WHEN 'inbound' THEN source_host ELSE destination_host END AS peer_host,
        CASE direction WHEN 'inbound' THEN source_ip ELSE destination_ip END AS peer_ip,
        coalesce(message_id, session_id, concat_ws('|', epoch_ms(time_utc), sender, array_to_string(recipients, ';'))) AS message_key
    FROM entries_with_tls
),

-- Several entries, one per mailbox, are one message at one hop.
hops AS (
    SELECT
        source_id,
        min(line_no) AS line_no,
        min(time_utc) AS time_utc,
        direction,
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
    FROM classified_entries
    WHERE time_utc IS NOT NULL
    GROUP BY source_id, direction, tls_raw, tls, status, peer_host, peer_ip, message_key
)

SELECT
    source_id,
    line_no,
    time_utc,
    direction,
    tls_raw,
    tls,
    cipher,
    status,
    reply,
    'Hornetsecurity' AS system,
    peer_host,
    peer_ip,
    CASE direction WHEN 'inbound' THEN domain_of(sender) ELSE recipient_domain(recipients) END AS peer_domain,
    sender,
    recipients,
    subject,
    message_id,
    session_id,
    size_bytes,
    md5_number_lower(concat_ws('|', 'hornet', direction, message_key, coalesce(peer_ip, peer_host), tls_raw, status_in_key(status))) AS hop_key,
    NULL AS problem
FROM hops
UNION ALL BY NAME
SELECT
    source_id,
    line_no,
    'the time cannot be read' AS problem
FROM entries_with_tls
WHERE time_utc IS NULL
