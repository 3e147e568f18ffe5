-- title: Own servers of an earlier configuration
-- help: Those of this load's configuration replace them.
DELETE FROM trace.own_server
