-- title: Rules of formats that are written again
-- help: Each load writes the rules of its formats.
DELETE FROM trace.source_format
WHERE format IN (SELECT rule.format FROM format_rule AS rule)
