-- title: Connector settings of Exchange Online
-- help: Get-InboundConnector and Get-OutboundConnector as CSV or JSON: connector type and Forced TLS?. A file has one direction: SenderDomains are inbound, RecipientDomains outbound.
-- provides: connector type, Forced TLS?, domains and addresses of connectors
-- lacks: messages
-- recognise: header name connectortype senderdomains
-- recognise: header name connectortype recipientdomains
-- recognise: json name connectortype senderdomains
-- recognise: json name connectortype recipientdomains
-- reader: csv
-- system: Exchange Online
-- columns: name, enabled, connectortype, requiretls, tlssettings, senderdomains, recipientdomains, senderipaddresses, smarthosts, tlssendercertificatename, tlsdomain, whenchangedutc, whenchanged
-- into: connector
SELECT
    source_id,
    line_no,
    trim(name) AS name,
    CASE WHEN list_contains(string_split(file_columns, ','), 'recipientdomains') THEN 'outbound' ELSE 'inbound' END AS direction,
    connector_type_of(connectortype) AS connector_type,
    CASE
        WHEN list_contains(string_split(file_columns, ','), 'recipientdomains') THEN coalesce(trim(tlssettings), '') <> ''
        ELSE coalesce(boolean_of(requiretls) AND connector_type_of(connectortype) = 'Partner', FALSE)
    END AS forced_tls,
    list_transform(
        values_of(coalesce(senderdomains, recipientdomains)), LAMBDA domain: lower(regexp_replace(domain, '^smtp:|;\d+$', '', 'i'))
    ) AS domains,
    values_of(coalesce(senderipaddresses, smarthosts)) AS addresses,
    nullif(coalesce(tlssendercertificatename, tlsdomain), '') AS own_certificate,
    coalesce(boolean_of(enabled), TRUE) AS enabled,
    time_of(coalesce(nullif(whenchangedutc, ''), whenchanged)) AS changed_at_utc,
    CASE WHEN coalesce(trim(name), '') = '' THEN 'the connector has no name' END AS problem
FROM raw
