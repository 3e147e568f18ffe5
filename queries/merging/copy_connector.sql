-- title: Settings of connectors of another trace file are copied
-- help: Of the sources that are new.
INSERT INTO trace.connector BY NAME
SELECT
    copied.* REPLACE (
        part_source.new_id AS source_id,
        cast(copied.direction AS VARCHAR) AS direction,
        cast(copied.connector_type AS VARCHAR) AS connector_type
    )
FROM part.connector AS copied
INNER JOIN part_source ON copied.source_id = part_source.source_id
