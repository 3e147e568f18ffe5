-- title: What matters of an Exim mainlog
-- help: Lines of messages that came and went, of refusals, and of TLS that failed.
-- into: raw
SELECT * FROM exim_rows('file_row', 'read_file')
