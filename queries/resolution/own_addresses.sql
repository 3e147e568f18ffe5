-- title: Addresses that servers name as their own
-- help: A log contains the address of the server that wrote it.
INSERT INTO trace.own_address
SELECT DISTINCT
    own_ip,
    source_id
FROM sound_observation
WHERE own_ip IS NOT NULL
