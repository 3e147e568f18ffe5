-- title: Pending rows as they are stored
-- help: Each row as a JSON object.
CREATE OR REPLACE TEMP VIEW format_row AS
SELECT
    getvariable('format') AS format,
    place.source_id,
    place.line_no,
    read_file.first_utc,
    json_merge_patch(to_json(place), json_object('line_no', NULL, 'is_evidence', open_row.is_evidence)) AS row_json,
    open_row.is_evidence
FROM numbered_row AS place
INNER JOIN open_row ON place.line_no = open_row.line_no
INNER JOIN read_file ON place.source_id = read_file.source_id
