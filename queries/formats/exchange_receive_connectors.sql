-- title: Receive connectors of Exchange Server
-- help: Get-ReceiveConnector as CSV, JSON or Format-List text: Forced TLS?, Partner by permission group, and whether the connector writes protocol logs.
-- provides: Forced TLS?, connector type Partner, addresses, whether a connector writes protocol logs
-- lacks: messages
-- recognise: header name remoteipranges bindings
-- recognise: json name remoteipranges bindings
-- reader: csv
-- system: Exchange Server
-- columns: name, enabled, requiretls, permissiongroups, remoteipranges, protocollogginglevel, tlscertificatename, whenchangedutc, whenchanged
-- into: connector
SELECT
    source_id,
    line_no,
    trimmed(string_split(name, '\')[-1]) AS name,
    'inbound' AS direction,
    CASE WHEN contains(lower(permissiongroups), 'partner') THEN 'Partner' END AS connector_type,
    coalesce(boolean_of(requiretls), FALSE) AS forced_tls,
    values_of(remoteipranges) AS addresses,
    CASE WHEN lower(trimmed(protocollogginglevel)) IN ('none', '0') THEN FALSE WHEN lower(trimmed(protocollogginglevel)) IN ('verbose', '1') THEN TRUE END AS logs,
    coalesce(boolean_of(enabled), TRUE) AS enabled,
    time_of(coalesce(nullif(whenchangedutc, ''), whenchanged)) AS changed_at_utc,
    CASE WHEN coalesce(trimmed(name), '') = '' THEN 'the connector has no name' END AS problem
FROM raw
