-- title: Hosts with a name of one word
-- help: Names without a dot of own servers and peers, as they may occur in a text, for redaction.
-- result: HostWord
SELECT DISTINCT unnest([server, peer_host, helo]) AS name
FROM trace.message
WHERE
    (server IS NOT NULL AND NOT contains(server, '.')) OR (peer_host IS NOT NULL AND NOT contains(peer_host, '.'))
    OR (helo IS NOT NULL AND NOT contains(helo, '.'))
UNION
SELECT DISTINCT unnest([server, peer_host, helo]) AS name
FROM trace.failed_session
