-- title: Lines that cannot be read
-- help: One row for each line, with the reason; a line without a reason, such as a comment, is no rejected line.
CREATE TEMP TABLE unreadable_line (source_id INTEGER, line_no BIGINT, reason VARCHAR, text VARCHAR, is_encoding BOOLEAN)
