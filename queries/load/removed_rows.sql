-- title: Pending rows that are read again
-- help: Of formats that this load reads: what came from them before is taken back.
-- params: formats texts
CREATE OR REPLACE TEMP TABLE removed_row AS
SELECT
    source_id,
    line_no
FROM trace.pending
WHERE list_contains($formats, format)
