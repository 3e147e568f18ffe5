-- title: Pending rows of formats that are read again
-- help: They are written again, as far as they are still pending.
-- params: formats texts
DELETE FROM trace.pending
WHERE list_contains($formats, format)
