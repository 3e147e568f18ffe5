-- title: Own domains
-- help: Get-AcceptedDomain as CSV or JSON.
-- provides: the organisation's own domains
-- lacks: messages
-- recognise: header domainname domaintype
-- recognise: json domainname domaintype
-- reader: csv
-- system: Exchange
-- columns: name, domainname, domaintype
-- into: own_domain
SELECT
    source_id,
    line_no,
    lower(trim(domainname)) AS domain,
    CASE WHEN coalesce(trim(domainname), '') = '' THEN 'the row has no DomainName' END AS problem
FROM raw
