-- title: Systems of which lists are loaded
-- help: Records of these are linked by their identifiers. NULL: of none.
SET VARIABLE linked_systems = (
    SELECT list(DISTINCT system) FROM source_rule
    WHERE list_level > 0 OR infers_from_deliveries
)
