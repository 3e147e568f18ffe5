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
    FROM trace.note AS known
    WHERE
        known.facet = $facet AND known.name = $name AND known.kind = $kind AND known.text = $text
        AND known.due IS NOT DISTINCT FROM $due AND known.made_at_utc = $made_at_utc
)
