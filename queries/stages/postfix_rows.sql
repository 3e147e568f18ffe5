-- title: Relevant lines of a Postfix log
-- help: The lines of smtpd, smtp, cleanup and qmgr about messages and TLS.
-- into: raw
SELECT * FROM postfix_rows('file_row', 'read_file')
