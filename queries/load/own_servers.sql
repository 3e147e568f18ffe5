-- title: Own servers that a trace file was last resolved with
-- help: Host names and addresses of the configuration of its latest load.
SELECT name FROM trace.own_server ORDER BY name
