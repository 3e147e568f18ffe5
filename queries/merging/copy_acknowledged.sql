-- title: Acknowledged findings of another trace file are copied
-- help: Each once.
INSERT INTO trace.acknowledged BY NAME
SELECT * FROM part.acknowledged
EXCEPT
SELECT * FROM trace.acknowledged
