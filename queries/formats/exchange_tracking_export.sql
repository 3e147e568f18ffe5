-- title: Exchange Server message tracking, exported
-- help: The output of Get-MessageTrackingLog as CSV (Export-Csv) or JSON. Timestamps are in the server's time zone and regional format. It records no TLS.
-- provides: direction, connector, peer, sender, recipients if the export contains them, subject, status
-- lacks: TLS version (load the SMTP protocol logs too), HELO, connector type and Forced TLS? (load the settings)
-- tls_from: the SMTP receive and send protocol logs of the same server
-- recognise: header timestamp eventid connectorid source sender
-- recognise: json timestamp eventid connectorid source sender
-- reader: csv
-- system: Exchange Server
-- columns: timestamp, clientip, clienthostname, serverip, serverhostname, sourcecontext, connectorid, source, eventid, internalmessageid, messageid, networkmessageid, recipients, recipientstatus, totalbytes, messagesubject, sender, returnpath, directionality, originalclientip, eventdata
-- stage: tracking_export_rows
-- locale_dates: time_text
-- naive_timestamps: \d{1,4}[./-]\d{1,2}[./-]\d{2,4}[ T]\d{1,2}:\d\d
-- resolve: own addresses
-- superseded_by: logs by session
-- detail: 10
-- shows_clear_text: no
-- into: message
SELECT
    *,
    'Not recorded' AS tls,
    'Exchange Server' AS system,
    NULL AS problem
FROM tracked_hops('raw')
UNION ALL BY NAME
SELECT
    raw.source_id,
    raw.line_no,
    'the time cannot be read' AS problem
FROM raw
INNER JOIN read_file ON raw.source_id = read_file.source_id
WHERE raw.kind IS NOT NULL AND locale_time(raw.time_text, read_file.day_first) IS NULL
