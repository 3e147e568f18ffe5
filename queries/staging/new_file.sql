-- title: A file that is about to be read
-- help: Its rows are counted when they have been read.
-- params: source_id integer, skipped integer, modified_utc timestamp, log_zone text
INSERT INTO read_file
VALUES ($source_id, $skipped, 0, NULL, NULL, $modified_utc, $log_zone, NULL, FALSE, NULL, FALSE)
