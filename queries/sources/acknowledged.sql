-- title: Acknowledged findings
-- help: The acknowledged findings of this trace file, oldest first.
-- result: Acknowledged
SELECT
    finding,
    direction,
    connector,
    what,
    text,
    snoozed_until,
    made_at_utc
FROM trace.acknowledged
ORDER BY made_at_utc
