-- title: Files without a row or a rejected line
-- help: By source number.
SELECT source_id FROM read_file
WHERE row_count = 0 AND NOT is_cut AND source_id NOT IN (SELECT source_id FROM unreadable_line WHERE reason <> '')
