-- title: What matters of an SMTP send log
-- help: Commands stand behind >, answers behind <.
-- into: raw
SELECT * FROM smtp_rows('file_row', '>', '<')
