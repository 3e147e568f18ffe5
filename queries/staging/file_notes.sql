-- title: What was noted while files were read
-- help: How dates were read, and that the last line is not complete.
SELECT
    source_id,
    concat_ws('; ', date_note, CASE WHEN is_cut THEN 'the last line is not finished yet; load the file again later' END) AS note
FROM read_file
WHERE date_note IS NOT NULL OR is_cut
