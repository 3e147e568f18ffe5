-- title: Lines that the reader could not read
-- help: Each once. A comment is no rejected line, so it has no reason, but it counts as a line; neither is the begin of a line that is still being written.
-- params: first_source_id integer, sizes integers, text_length integer
INSERT INTO unreadable_line
SELECT
    cast(file_id + $first_source_id AS INTEGER) AS source_id,
    line AS line_no,
    min(
        CASE
            WHEN line_byte_position - 1 + octet_length(encode(csv_line)) = $sizes[cast(file_id AS BIGINT) + 1] THEN ''
            WHEN regexp_matches(csv_line, '^[\s\x{feff}]*#') THEN ''
            ELSE error_message
        END
    ) AS reason,
    left(trim(any_value(csv_line), chr(13) || chr(10)), $text_length) AS text,
    bool_or(error_type = 'INVALID ENCODING') AS is_encoding
FROM csv_rejects
GROUP BY file_id, line
