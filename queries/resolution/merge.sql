-- title: One row for each hop, from all observations of it
-- help: From records in one format the smallest value of each column is taken, so that the order and number of files do not matter; recipients are those of all. From several formats, the most detailed one that records a column is taken. A recorded TLS version wins over none.
CREATE OR REPLACE TEMP TABLE merged AS
WITH ruled AS (
    SELECT
        pool.*,
        source_rule.format,
        source_rule.detail,
        source_rule.recorded_receipt_first,
        source_rule.earliest_receipt_counts AND (pool.direction = 'inbound' OR source_rule.recorded_receipt_first) AS only_first
    FROM pool
    INNER JOIN source_rule ON pool.source_id = source_rule.source_id
    WHERE pool.record_count > 1
),

-- Several servers of Exchange Online receive a message: the first receipt is the hop at the edge.
counted AS (
    SELECT * FROM ruled
    WHERE NOT only_first
    UNION ALL
    SELECT * FROM ruled
    WHERE only_first
    QUALIFY
        rank() OVER (
            PARTITION BY hop_key, cluster_no, format
            ORDER BY
                messages = 0, recorded_receipt_first AND tls = 'Not recorded' AND connector IS NULL, time_utc, tls_raw, cipher, connector, server, peer_host, peer_ip, recipients
        ) = 1
),

by_format AS (
    SELECT
        hop_key,
        cluster_no,
        format,
        detail,
        min(record_count) AS record_count,
        bool_or(is_no_hop) AS is_no_hop,
        min(time_utc) AS time_utc,
        least_tls(tls, tls_raw, cipher) AS tls_record,
        min(verified) AS verified,
        min({ 'rank': status_rank(status), 'status': status, 'direction': direction, 'has_no_reply': reply IS NULL, 'reply': reply }) AS status_record,
        min({ 'has_none': connector IS NULL, 'connector': connector, 'connector_type': connector_type, 'forced_tls': forced_tls }) AS connector_record,
        min(system) AS system,
        min(server) AS server,
        min(service) AS service,
        min(peer_host) AS peer_host,
        min(helo) AS helo,
        min(peer_ip) AS peer_ip,
        min(peer_domain) AS peer_domain,
        min(sender) AS sender,
        min(subject) AS subject,
        min(auth_user) AS auth_user,
        min(certificate) AS certificate,
        min(security_policy) AS security_policy,
        min(message_id) AS message_id,
        min(network_message_id) AS network_message_id,
        min(session_id) AS session_id,
        min(front_session_id) AS front_session_id,
        all_recipients(recipients) AS recipients,
        max(size_bytes) AS size_bytes,
        min({ 'is_estimate': is_estimate, 'fewer': -messages, 'grain': grain }) AS count_record,
        min({ 'source_id': source_id, 'line_no': line_no }) AS place
    FROM counted
    GROUP BY hop_key, cluster_no, format, detail
),

-- Most hops are recorded in one format only: they need no choice between formats.
shared AS (
    SELECT
        hop_key,
        cluster_no
    FROM by_format
    GROUP BY hop_key, cluster_no
    HAVING count(*) > 1
),

ordered AS (
    SELECT
        by_format.*,
        row_number() OVER (PARTITION BY by_format.hop_key, by_format.cluster_no ORDER BY detail DESC, format) AS format_no
    FROM by_format
    SEMI JOIN shared ON by_format.hop_key = shared.hop_key AND by_format.cluster_no = shared.cluster_no
),

hops AS (
    SELECT
        hop_key,
        cluster_no,
        min(record_count) AS record_count,
        bool_or(is_no_hop) AS is_no_hop,
        min(time_utc) AS time_utc,
        arg_min(tls_record, { 'is_unrecorded': tls_record.is_unrecorded, 'format_no': format_no }) AS tls_record,
        arg_min(status_record, format_no) AS status_record,
        arg_min(connector_record, { 'has_none': connector_record.has_none, 'format_no': format_no }) AS connector_record,
        arg_min(status_record.reply, format_no) AS reply,
        arg_min(verified, { 'is_unrecorded': tls_record.is_unrecorded, 'format_no': format_no }) AS verified,
        arg_min(system, format_no) AS system,
        arg_min(server, format_no) AS server,
        arg_min(service, format_no) AS service,
        arg_min(peer_host, format_no) AS peer_host,
        arg_min(helo, format_no) AS helo,
        arg_min(peer_ip, format_no) AS peer_ip,
        arg_min(peer_domain, format_no) AS peer_domain,
        arg_min(sender, format_no) AS sender,
        arg_min(subject, format_no) AS subject,
        arg_min(auth_user, format_no) AS auth_user,
        arg_min(certificate, format_no) AS certificate,
        arg_min(security_policy, format_no) AS security_policy,
        arg_min(message_id, format_no) AS message_id,
        arg_min(network_message_id, format_no) AS network_message_id,
        arg_min(session_id, format_no) AS session_id,
        arg_min(front_session_id, format_no) AS front_session_id,
        coalesce(arg_min(CASE WHEN len(recipients) > 0 THEN recipients END, format_no), []) AS recipients,
        arg_min(size_bytes, format_no) AS size_bytes,
        arg_min(count_record, format_no) AS count_record,
        arg_min(place, format_no) AS place
    FROM ordered
    GROUP BY hop_key, cluster_no
),

hops_of_one_format AS (
    SELECT
        by_format.* EXCLUDE (format, detail) REPLACE (coalesce(recipients, []) AS recipients),
        by_format.status_record.reply
    FROM by_format
    ANTI JOIN shared ON by_format.hop_key = shared.hop_key AND by_format.cluster_no = shared.cluster_no
),

every_hop AS (
    FROM hops
    UNION ALL BY NAME
    FROM hops_of_one_format
)

SELECT
    every_hop.* EXCLUDE (tls_record, status_record, connector_record, count_record, place),
    struct_extract(every_hop.connector_record, 'connector') AS connector,
    struct_extract(every_hop.connector_record, 'connector_type') AS connector_type,
    struct_extract(every_hop.connector_record, 'forced_tls') AS forced_tls,
    struct_extract(every_hop.tls_record, 'tls') AS tls,
    struct_extract(every_hop.tls_record, 'tls_raw') AS tls_raw,
    struct_extract(every_hop.tls_record, 'cipher') AS cipher,
    struct_extract(every_hop.status_record, 'direction') AS direction,
    struct_extract(every_hop.status_record, 'status') AS status,
    -struct_extract(every_hop.count_record, 'fewer') AS messages,
    struct_extract(every_hop.count_record, 'is_estimate') AS is_estimate,
    struct_extract(every_hop.count_record, 'grain') AS grain,
    struct_extract(every_hop.place, 'source_id') AS source_id,
    struct_extract(every_hop.place, 'line_no') AS line_no
FROM every_hop
UNION ALL BY NAME
SELECT *
FROM pool
WHERE record_count = 1
