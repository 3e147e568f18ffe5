-- title: The files of a load
-- help: One row for each source whose rows are read, pending rows of earlier loads included. It has the modification time of each file, and the time zone of timestamps without one.
CREATE TEMP TABLE IF NOT EXISTS read_file (
    source_id INTEGER,
    skipped INTEGER,
    row_count BIGINT,
    first_row_no BIGINT,
    first_line_no BIGINT,
    modified_utc TIMESTAMP,
    log_zone VARCHAR,
    first_utc TIMESTAMP,
    day_first BOOLEAN,
    date_note VARCHAR,
    is_cut BOOLEAN
)
