-- title: Observations of the new sources of another trace file
-- help: With the numbers that their sources get here.
CREATE OR REPLACE TEMP VIEW part_observation AS
SELECT
    observation.* REPLACE (
        part_source.new_id AS source_id,
        cast(observation.direction AS VARCHAR) AS direction,
        cast(observation.connector_type AS VARCHAR) AS connector_type,
        cast(observation.tls AS VARCHAR) AS tls,
        cast(observation.status AS VARCHAR) AS status
    )
FROM part.observation
INNER JOIN part_source ON observation.source_id = part_source.source_id
