-- title: Relevant lines of a sendmail log
-- help: The lines of received and delivered messages, of authentication, and of STARTTLS.
-- into: raw
SELECT * FROM sendmail_rows('file_row', 'read_file')
