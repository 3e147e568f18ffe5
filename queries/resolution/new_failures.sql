-- title: Failed sessions with an added record
-- help: From the rows that were staged.
INSERT INTO changed_failure
SELECT DISTINCT hop_key
FROM incoming
WHERE hop_key IS NOT NULL
