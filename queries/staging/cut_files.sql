-- title: Files whose last line is still being written
-- help: Its beginning is no rejected line: the source has a note of it. sizes are those of the files, -1 where bytes cannot be counted.
-- params: first_source_id integer, sizes integers
UPDATE read_file SET is_cut = TRUE
WHERE source_id IN (
    SELECT cast(file_id + $first_source_id AS INTEGER) FROM csv_rejects
    WHERE line_byte_position - 1 + octet_length(encode(csv_line)) = $sizes[cast(file_id AS BIGINT) + 1]
)
