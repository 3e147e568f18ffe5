-- title: Rows that are in two files of a load
-- help: Exports overlap. A row is the same when the columns of once are. It counts for the file that begins first, so that what is together there stays together; evidence gives way to a row of a session that is read in full.
CREATE OR REPLACE TEMP TABLE duplicate_row AS
WITH keyed_rows AS (
    SELECT
        line_no,
        source_id,
        COLUMNS(LAMBDA name: name = getvariable('once')[1]) AS first_key,
        hash(*COLUMNS(LAMBDA name: list_contains(getvariable('once'), name))) AS row_key,
        coalesce(is_evidence, FALSE) AS is_evidence
    FROM numbered_row
)

SELECT keyed_rows.line_no
FROM keyed_rows INNER JOIN read_file ON keyed_rows.source_id = read_file.source_id
WHERE
    keyed_rows.first_key IN (
        SELECT one.first_key FROM keyed_rows AS one
        WHERE one.first_key IS NOT NULL
        GROUP BY one.first_key
        HAVING min(one.source_id) <> max(one.source_id)
    )
QUALIFY
    keyed_rows.source_id <> first_value(keyed_rows.source_id) OVER (
        PARTITION BY keyed_rows.row_key ORDER BY keyed_rows.is_evidence, read_file.first_utc, keyed_rows.source_id
    )
