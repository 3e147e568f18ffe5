-- title: Relevant lines of an SMTP receive log
-- help: The event < marks commands, > replies.
-- into: raw
SELECT * FROM smtp_rows('file_row', '<', '>')
