-- title: Add an acknowledged finding
-- help: Unless the trace file has it already.
-- params: finding text, direction text, connector text, what text, text text, snoozed_until date, made_at_utc timestamp
INSERT INTO trace.acknowledged (
    finding,
    direction,
    connector,
    what,
    text,
    snoozed_until,
    made_at_utc
)
SELECT
    $finding,
    $direction,
    $connector,
    $what,
    $text,
    $snoozed_until,
    $made_at_utc
WHERE NOT EXISTS (
    SELECT 1
    FROM trace.acknowledged AS stored
    WHERE
        stored.finding = $finding AND stored.direction IS NOT DISTINCT FROM $direction
        AND stored.connector IS NOT DISTINCT FROM $connector AND stored.what IS NOT DISTINCT FROM $what
        AND stored.text = $text AND stored.snoozed_until = $snoozed_until AND stored.made_at_utc = $made_at_utc
)
