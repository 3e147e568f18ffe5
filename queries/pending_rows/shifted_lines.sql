-- title: Places of pending rows when files are reordered
-- help: See staging/row_shifts.
UPDATE pending_line SET row_no = row_no + coalesce(getvariable('row_shifts')[source_id], 0)
