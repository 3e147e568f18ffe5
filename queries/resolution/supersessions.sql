-- title: Which message counts for each that gives way
-- help: A list that does not record directions may give way to another list, which gives way to a log.
CREATE OR REPLACE TEMP VIEW supersession AS
SELECT
    superseded.message_no,
    coalesce(next_one.better_no, superseded.better_no) AS final_no,
    superseded.sureness,
    superseded.apart_ms
FROM superseded
LEFT JOIN superseded AS next_one ON superseded.better_no = next_one.message_no
