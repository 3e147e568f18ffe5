-- title: The columns of the rows of a format
-- help: As the structure of the JSON objects in which pending rows are stored.
SET VARIABLE extracted_columns = (
    SELECT json_group_object(column_name, 'VARCHAR')
    FROM duckdb_columns()
    WHERE database_name = 'temp' AND table_name = 'extracted_row'
)
