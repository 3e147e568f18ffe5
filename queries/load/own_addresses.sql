-- title: Hops between own servers
-- help: A log names the address of the server that wrote it: with whom other logs of the same kind had such a peer, that is internal. Answers the hops that change.
SELECT
    hop.rowid AS row_no,
    hop.time_utc
FROM trace.message AS hop
INNER JOIN trace.source ON hop.source_id = source.source_id
WHERE
    list_contains(getvariable('own_addresses'), source.format) AND hop.direction <> 'internal'
    AND hop.peer_ip IN (SELECT address FROM trace.own_address)
