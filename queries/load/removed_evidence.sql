-- title: What pending rows showed of TLS lines being logged
-- help: Of formats that are read again.
-- params: formats texts
DELETE FROM trace.tls_evidence
WHERE is_pending AND source_id IN (SELECT source_id FROM trace.source WHERE list_contains($formats, format))
