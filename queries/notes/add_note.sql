-- title: Add a note on a peer
-- help: Unless the trace file has it already.
-- params: facet text, name text, kind text, text text, due date, made_at_utc timestamp
INSERT INTO trace.note (
    facet,
    name,
    kind,
    text,
    due,
    made_at_utc
)
SELECT
    $facet,
    $name,
    $kind,
    $text,
    $due,
    $made_at_utc
WHERE NOT EXISTS (
    SELECT 1
    FROM trace.note AS stored
    WHERE
        stored.facet = $facet AND stored.name = $name AND stored.kind = $kind AND stored.text = $text
        AND stored.due IS NOT DISTINCT FROM $due AND stored.made_at_utc = $made_at_utc
)
