-- title: What matters of a Postfix log
-- help: The lines of smtpd, smtp, cleanup and qmgr that tell of messages and of TLS.
-- into: raw
SELECT * FROM postfix_rows('file_row', 'read_file')
