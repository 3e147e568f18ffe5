-- title: Rows of the inbound and outbound messages report, with normalised columns
-- help: The direction is in its own column, before the connector's name, or only in the kind of connector column, which is empty for mail without a connector.
-- into: raw
SELECT
    source_id,
    coalesce(date_time_utc, origin_timestamp_utc, received, date, datetime, timestamp, date_time) AS time_text,
    CASE
        WHEN coalesce(direction, directionality, connector_direction) IS NOT NULL
            THEN direction_of(coalesce(direction, directionality, connector_direction))
        WHEN connector_direction_and_name ILIKE 'inbound%' OR connector_direction_and_name ILIKE 'from %' OR inbound_connector IS NOT NULL THEN 'inbound'
        WHEN connector_direction_and_name ILIKE 'outbound%' OR connector_direction_and_name ILIKE 'to %' OR outbound_connector IS NOT NULL THEN 'outbound'
        WHEN lists_inbound AND NOT lists_outbound THEN 'inbound'
        WHEN lists_outbound AND NOT lists_inbound THEN 'outbound'
        ELSE 'unknown'
    END AS way,
    CASE
        WHEN regexp_full_match(trimmed(name_text), 'no ?connector|none|n/a|-|', 'i') THEN NULL
        WHEN is_default_receive_connector(name_text) THEN NULL
        ELSE trimmed(split_part(name_text, '\', -1))
    END AS connector_text,
    coalesce(connector_type, type) AS type_text,
    coalesce(forced_tls, require_tls) AS forced_text,
    nullif(trimmed(coalesce(tls, tls_used, tlsused, tls_version, tlsversion, tls_protocol)), '') AS tls_text,
    lower(trimmed(coalesce(sender_address, senderaddress, sender, "from", sender_from_address, p1fromaddress))) AS sender_text,
    lower(regexp_replace(
        coalesce(recipient_address, recipientaddress, recipient, recipients, "to", recipient_status), '##[^;]*', '', 'g'
    )) AS recipient_text,
    coalesce(message_id, messageid, internetmessageid) AS message_id_text,
    coalesce(network_message_id, networkmessageid, message_trace_id, messagetraceid) AS network_id,
    coalesce(original_client_ip, client_ip, fromip, senderip, sender_ip) AS ip_text,
    coalesce(total_bytes, totalbytes, size, messagesize) AS size_text,
    coalesce(subject, message_subject) AS subject_text,
    CASE WHEN lower(coalesce(tls, tls_used, tlsused, tls_version, tlsversion, tls_protocol)) IN ('tls', 'tls_used', 'tlsused') THEN '' END AS problem
FROM (
    SELECT
        *,
        contains(',' || file_columns || ',', ',inbound_connector,') AS lists_inbound,
        contains(',' || file_columns || ',', ',outbound_connector,') AS lists_outbound,
        coalesce(
            connector_name, connector, inbound_connector, outbound_connector,
            regexp_replace(connector_direction_and_name, '^(inbound|outbound)\s*[-:–]\s*|^(from|to)\s+', '', 'i'), connector_id
        ) AS name_text
    FROM file_row
)
