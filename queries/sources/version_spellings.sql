-- title: TLS versions in the spellings of a file
-- help: The TLS version of each given spelling; the spellings are joined by line feeds.
-- params: words text
-- result: VersionSpelling
SELECT
    spelling,
    cast(tls_grade(spelling, NULL) AS VARCHAR) AS tls
FROM (SELECT unnest(string_split($words, chr(10))) AS spelling)
