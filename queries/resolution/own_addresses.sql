-- title: Addresses of the servers that wrote logs
-- help: A log contains the address of the server that wrote it.
INSERT INTO trace.own_address
SELECT DISTINCT
    own_ip,
    source_id
FROM sound_observation
WHERE own_ip IS NOT NULL
