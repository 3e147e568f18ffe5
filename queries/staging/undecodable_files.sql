-- title: Files with bytes that are not of their encoding
-- help: By source number.
SELECT DISTINCT source_id FROM unreadable_line
WHERE is_encoding
