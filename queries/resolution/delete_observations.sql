-- title: Observations that are resolved again leave the trace file
-- help: Their remaining data is in the pool.
DELETE FROM trace.replaced_observation
WHERE rowid IN (SELECT row_no FROM affected_observation)
