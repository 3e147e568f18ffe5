-- title: Whether files were read in another order than they begin
-- help: See staging/row_shifts.
SELECT getvariable('row_shifts') IS NOT NULL AS is_reordered
