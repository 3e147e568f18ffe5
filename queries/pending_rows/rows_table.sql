-- title: Pending rows of earlier loads
-- help: Those of the trace file, as far as their source stays.
CREATE TEMP TABLE pending_row (format VARCHAR, source_id INTEGER, line_no BIGINT, first_utc TIMESTAMP, row_json VARCHAR)
