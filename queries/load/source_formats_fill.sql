-- title: Rules of formats are written
-- help: A trace file has the rules of all formats of its loads, so that opening it needs no format file.
INSERT INTO trace.source_format BY NAME
SELECT * FROM format_rule
