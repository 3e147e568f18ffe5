-- title: Send connectors of Exchange Server
-- help: Get-SendConnector as CSV, JSON or Format-List text: Forced TLS?, the domains it sends to, and whether the connector writes protocol logs.
-- provides: Forced TLS?, domains and smart hosts, whether a connector writes protocol logs
-- lacks: messages
-- recognise: header name addressspaces smarthosts
-- recognise: json name addressspaces smarthosts
-- reader: csv
-- system: Exchange Server
-- columns: name, enabled, requiretls, ignorestarttls, addressspaces, smarthosts, tlsdomain, protocollogginglevel, whenchangedutc, whenchanged
-- into: connector
SELECT
    source_id,
    line_no,
    trimmed(name) AS name,
    'outbound' AS direction,
    coalesce(boolean_of(requiretls), FALSE) AND NOT coalesce(boolean_of(ignorestarttls), FALSE) AS forced_tls,
    list_transform(values_of(addressspaces), LAMBDA one: lower(regexp_replace(regexp_replace(one, '^smtp:', '', 'i'), ';\d+$', ''))) AS domains,
    values_of(smarthosts) AS addresses,
    nullif(trimmed(tlsdomain), '') AS own_certificate,
    CASE WHEN lower(trimmed(protocollogginglevel)) IN ('none', '0') THEN FALSE WHEN lower(trimmed(protocollogginglevel)) IN ('verbose', '1') THEN TRUE END AS logs,
    coalesce(boolean_of(enabled), TRUE) AS enabled,
    time_of(coalesce(nullif(whenchangedutc, ''), whenchanged)) AS changed_at_utc,
    CASE WHEN coalesce(trimmed(name), '') = '' THEN 'the connector has no name' END AS problem
FROM raw
