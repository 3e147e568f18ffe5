-- title: Mimecast logs
-- help: Receipt and delivery events of the SIEM logs (JSON of both API versions): a receipt is the hop in, a delivery the hop out of Mimecast.
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
-- Each object is parsed once for all its words: every look at a path parses it again, and holds on to what it parsed.
WITH spelt AS MATERIALIZED (  -- noqa: ST03
    SELECT
        source_id,
        line_no,
        texts_at(item, mimecast_paths()) AS words,
        addresses_of(coalesce(list_at(item, '$.recipients'), list_at(item, '$.Rcpt'))) AS recipients
    FROM raw
)

SELECT * FROM mimecast_hops('spelt')
