-- title: The tables of an attached catalogue
-- help: Names of the tables of a database that is attached under a name, and of the views of trace. The views inside a file are for a DuckDB shell: they would read a filter's view of the same name as their table.
-- params: catalogue text
SELECT table_name AS name
FROM duckdb_tables()
WHERE database_name = $catalogue AND NOT internal
UNION
SELECT view_name AS name
FROM duckdb_views()
WHERE database_name = $catalogue AND NOT internal AND $catalogue = 'trace'
