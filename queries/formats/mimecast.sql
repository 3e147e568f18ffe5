-- title: Mimecast logs
-- help: Receipt and delivery events of the SIEM logs (JSON of both API versions): a receipt is the incoming, a delivery the outgoing hop of Mimecast.
-- provides: direction, TLS version, cipher, peer, sender, recipients, route as connector, status
-- lacks: HELO, connector type and Forced TLS? (load the settings)
-- recognise: json messageid tlsversion type
-- recognise: json messageid tlsused senderenvelope
-- recognise: json msgid tlsver datetime
-- recognise: json msgid usetls datetime
-- reader: json
-- json_path: data
-- system: Mimecast
-- columns: item
-- hosted_service: yes
-- into: message
-- Each object is parsed once for all its values, because each path lookup parses it again and keeps the result in memory.
WITH events AS MATERIALIZED (  -- noqa: ST03
    SELECT
        source_id,
        line_no,
        texts_at(item, mimecast_paths()) AS texts,
        addresses_of(coalesce(list_at(item, '$.recipients'), list_at(item, '$.Rcpt'))) AS recipients
    FROM raw
)

SELECT * FROM mimecast_hops('events')
