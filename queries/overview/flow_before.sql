-- title: The same hours of the week before
-- help: Recorded and protected messages of the window and of the span before it, to the second.
-- params: since timestamp, until timestamp, earlier_since timestamp, earlier_until timestamp
-- result: FlowSpan
SELECT
    TRUE AS is_earlier,
    *
FROM flow_of_span($earlier_since, $earlier_until)
UNION ALL
SELECT
    FALSE AS is_earlier,
    *
FROM flow_of_span($since, $until)
ORDER BY is_earlier DESC, direction
