-- title: The retention date
-- help: It only moves forward.
-- params: moment timestamp
UPDATE trace.trace_file SET kept_from = greatest(kept_from, $moment)
