-- title: What sources show of TLS lines being logged of another trace file are copied
-- help: Of the sources that are new.
INSERT INTO trace.tls_evidence BY NAME
SELECT
    copied.* REPLACE (
        part_source.new_id AS source_id
    )
FROM part.tls_evidence AS copied
INNER JOIN part_source ON copied.source_id = part_source.source_id
