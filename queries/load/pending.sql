-- title: Pending rows are written
-- help: As their format stages them.
INSERT INTO trace.pending BY NAME
SELECT * FROM staged_pending
