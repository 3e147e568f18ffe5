-- title: Rows that are in two files of a load
-- help: Exports overlap. Rows are duplicates if their dedup_key columns are equal. The row of the file that starts first is kept, so that its rows stay together; evidence is superseded by a row of a complete session.
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
