-- title: What was staged
-- help: The temp tables of a load that have a source_id.
SELECT columns.table_name
FROM duckdb_columns() AS columns
INNER JOIN duckdb_tables() AS tables
    ON columns.database_name = tables.database_name AND columns.table_name = tables.table_name
WHERE columns.database_name = 'temp' AND columns.column_name = 'source_id'
ORDER BY columns.table_name
