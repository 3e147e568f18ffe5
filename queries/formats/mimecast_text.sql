-- title: Mimecast logs, lines of text
-- help: Receipt and delivery events of the first version of the SIEM logs, as lines of key=value separated by |. Events are counted as in JSON, and once if both files contain them.
-- provides: direction, TLS version, cipher, peer address, sender, recipients, subject, route as connector, status
-- lacks: HELO, the peer's name, connector type and Forced TLS? (load the settings)
-- recognise: line ^datetime=[^|]*\|([^|]*\|)*?(MsgId|TlsVer|UseTls)=
-- reader: lines
-- system: Mimecast
-- columns: line
-- hosted_service: yes
-- into: message
WITH events AS (  -- noqa: ST03
    SELECT
        source_id,
        line_no,
        list_transform(
            mimecast_paths(), LAMBDA path: CASE path WHEN '$.Subject' THEN mimecast_subject(line) ELSE mimecast_field(fields, substr(path, 3)) END
        ) AS texts,
        addresses_of(values_of(rcpt)) AS recipients
    FROM (
        SELECT
            *,
            mimecast_field(fields, 'Rcpt') AS rcpt
        FROM (
            SELECT
                *,
                mimecast_fields(line) AS fields
            FROM raw
            WHERE starts_with(line, 'datetime=')
        )
    )
)

SELECT * FROM mimecast_hops('events')
