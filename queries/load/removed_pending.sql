-- title: Pending rows of formats that are read again
-- help: They are written anew, as far as they still wait.
-- params: formats texts
DELETE FROM trace.pending
WHERE list_contains($formats, format)
