-- title: A hop counts once
-- help: Returns hops that stand in the trace file more than once.
SELECT
    hop_key,
    count(*) AS times
FROM trace.message
GROUP BY hop_key
HAVING count(*) > 1
