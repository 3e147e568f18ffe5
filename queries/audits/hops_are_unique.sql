-- title: A hop counts once
-- help: Returns hops that are in the trace file more than once within longest_queue_time(), the longest that a message may wait in a queue.
SELECT
    hop_key,
    time_utc
FROM trace.message
QUALIFY time_utc - lag(time_utc) OVER (PARTITION BY hop_key ORDER BY time_utc) <= longest_queue_time()
