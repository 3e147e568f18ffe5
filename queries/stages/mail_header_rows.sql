-- title: Lines that may belong to the header of a mail
-- help: Fields and their continuation lines, the blank line that ends a header, and the From line that separates the mails of an mbox. Most lines of bodies are dropped, and the text of irrelevant fields.
-- into: raw
SELECT
    source_id,
    kind,
    CASE
        WHEN kind = 'more' OR (
            kind = 'field' AND regexp_matches(
                line,
                '^(?i:received|return-path|message-id|subject|from|to|cc|x-ms-exchange-(?:organization|crosstenant)-network-message-id):'
            )
        ) THEN left(trim(line, E' \t\r'), 4000)
    END AS text
FROM (
    SELECT
        source_id,
        line,
        CASE
            WHEN line IS NULL OR line = '' THEN 'blank'
            WHEN ascii(line) = 32 OR ascii(line) = 9 THEN CASE WHEN trim(line, E' \t\r') = '' THEN 'blank' ELSE 'more' END
            WHEN ascii(line) = 13 THEN CASE WHEN trim(line, E' \t\r') = '' THEN 'blank' END
            WHEN starts_with(line, 'From ') THEN 'from'
            WHEN regexp_matches(line, '^[A-Za-z0-9-]{2,60}:') THEN 'field'
        END AS kind
    FROM file_row
)
