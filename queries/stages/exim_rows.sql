-- title: Relevant lines of an Exim mainlog
-- help: Lines of received and delivered messages, of rejections, and of failed TLS.
-- into: raw
SELECT * FROM exim_rows('file_row', 'read_file')
