-- title: Relevant lines of an SMTP send log
-- help: The event > marks commands, < replies.
-- into: raw
SELECT * FROM smtp_rows('file_row', '>', '<')
