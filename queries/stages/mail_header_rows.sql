-- title: What may be the header of a mail
-- help: Fields and their continuation lines, the blank line that ends a header, and the From line that parts the mails of an mbox. Most lines of bodies are dropped.
-- into: raw
SELECT
    source_id,
    CASE
        WHEN line IS NULL OR trim(line, E' \t\r') = '' THEN 'blank'
        WHEN starts_with(line, 'From ') THEN 'from'
        WHEN ascii(line) = 32 OR ascii(line) = 9 THEN 'more'
        WHEN regexp_matches(line, '^[A-Za-z0-9-]{2,60}:') THEN 'field'
    END AS kind,
    CASE WHEN ascii(line) = 32 OR ascii(line) = 9 OR regexp_matches(line, '^[A-Za-z0-9-]{2,60}:') THEN left(trim(line, E' \t\r'), 4000) END AS text
FROM file_row
