-- title: The contents of a source
-- help: Its format; its messages, also those that are not counted or only once with another source; and rows that are no messages (settings, own domains, reports).
-- params: source_id integer
-- result: SourceContent
SELECT
    source.format,
    source.message_count + source.other_count + source.already_counted AS messages,
    (SELECT count(*) FROM trace.connector WHERE connector.source_id = $source_id)
    + (SELECT count(*) FROM trace.own_domain WHERE own_domain.source_id = $source_id)
    + (SELECT count(*) FROM trace.tls_report WHERE tls_report.source_id = $source_id) AS others
FROM trace.source
WHERE source.source_id = $source_id
