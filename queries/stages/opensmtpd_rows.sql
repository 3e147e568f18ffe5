-- title: What matters of a log of OpenSMTPD
-- help: The lines of sessions, messages and deliveries, old ones in the words of new ones.
-- into: raw
SELECT * FROM opensmtpd_rows('file_row', 'read_file')
