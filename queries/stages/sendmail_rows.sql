-- title: What matters of a log of sendmail
-- help: The lines of messages that came and went, of signing in, and of STARTTLS.
-- into: raw
SELECT * FROM sendmail_rows('file_row', 'read_file')
