-- title: Relevant lines of an OpenSMTPD log
-- help: The lines of sessions, messages and deliveries; those of version 5 are rewritten in the form of version 6.
-- into: raw
SELECT * FROM opensmtpd_rows('file_row', 'read_file')
