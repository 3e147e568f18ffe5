-- title: Which rows are pending
-- help: As the format's query in queries/pending returns them. A row that is evidence does not become more than that.
CREATE OR REPLACE TEMP TABLE open_row AS
WITH returned_rows AS (
    SELECT
        NULL::BIGINT AS line_no,
        NULL::BOOLEAN AS is_evidence
    WHERE FALSE
    UNION ALL BY NAME
    SELECT * FROM returned_row
),

pending_rows AS (
    SELECT
        line_no,
        bool_and(coalesce(is_evidence, FALSE)) AS is_evidence
    FROM returned_rows
    GROUP BY line_no
)

SELECT
    pending_rows.line_no,
    pending_rows.is_evidence OR coalesce(raw.is_evidence, FALSE) AS is_evidence
FROM pending_rows INNER JOIN raw ON pending_rows.line_no = raw.line_no
