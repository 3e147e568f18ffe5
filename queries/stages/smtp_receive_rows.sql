-- title: What matters of an SMTP receive log
-- help: Commands stand behind <, answers behind >.
-- into: raw
SELECT * FROM smtp_rows('file_row', '<', '>')
