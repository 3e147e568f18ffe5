-- title: How many sources another trace file has
-- help: New ones, and already loaded ones.
SELECT
    (SELECT count(*) FROM part_source) AS new_sources,
    (SELECT count(*) FROM part.source WHERE source_id NOT IN (SELECT source_id FROM part_source)) AS known_sources
