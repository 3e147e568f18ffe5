-- title: Notes of another trace file are copied
-- help: Each once.
INSERT INTO trace.note BY NAME
SELECT * FROM part.note
EXCEPT
SELECT * FROM trace.note
