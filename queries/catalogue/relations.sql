-- title: The relations of an attached catalogue
-- help: Names of the tables and views of a database that is attached under a name.
-- params: catalogue text
SELECT table_name AS name
FROM duckdb_tables()
WHERE database_name = $catalogue AND NOT internal
UNION
SELECT view_name AS name
FROM duckdb_views()
WHERE database_name = $catalogue AND NOT internal
