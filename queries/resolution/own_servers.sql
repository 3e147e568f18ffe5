-- title: Own servers of this load's configuration
-- help: Host names and addresses, in lower case.
-- params: names texts
INSERT INTO trace.own_server
SELECT unnest($names) AS name
