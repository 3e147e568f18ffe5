-- title: TLS versions as a file spells them
-- help: What each of some words, joined by line feeds, is graded as.
-- params: words text
-- result: VersionSpelling
SELECT
    word AS spelling,
    cast(tls_grade(word, NULL) AS VARCHAR) AS tls
FROM (SELECT unnest(string_split($words, chr(10))) AS word)
