-- title: TLS versions
-- help: TLS versions in all spellings of the sources.
-- public: yes

-- The TLS version of a number that Schannel writes: bit masks, first the server's, then the client's, then both as .NET has them. (Maps, where a list
-- of constants with IN would become a join of every row.)
CREATE OR REPLACE MACRO tls_of_number(number) AS coalesce(
    map_extract_value(
        map(
            [4, 8, 12, 16, 32, 48, 64, 128, 192, 256, 512, 768, 1024, 2048, 3072, 4096, 8192, 12288],
            [
                'SSL', 'SSL', 'SSL', 'SSL', 'SSL', 'SSL', 'TLS 1.0', 'TLS 1.0', 'TLS 1.0', 'TLS 1.1', 'TLS 1.1', 'TLS 1.1',
                'TLS 1.2', 'TLS 1.2', 'TLS 1.2', 'TLS 1.3', 'TLS 1.3', 'TLS 1.3'
            ]
        ),
        number
    ),
    'TLS (version unknown)'
);

-- The TLS version that a text names, such as TLSv1.2; a minor number must end where the version ends: TLS1.x and TLS 1.25 are not TLS 1.0 or 1.2.
CREATE OR REPLACE MACRO tls_of_words(version) AS CASE
    WHEN regexp_matches(version, 'TLS[ _v]*1(?:[._]?[0-3])?(?:[^0-9.]|\.[^0-9A-Za-z_]|\.?$)', 'i')
        THEN 'TLS 1.' || coalesce(
            nullif(regexp_extract(version, 'TLS[ _v]*1(?:[._]?([0-3]))?(?:[^0-9.]|\.[^0-9A-Za-z_]|\.?$)', 1, 'i'), ''), '0'
        )
    WHEN regexp_matches(version, 'SSL[ _v]*[23]', 'i') OR lower(version) = 'ssl' THEN 'SSL'
    ELSE 'TLS (version unknown)'
END;

-- The TLS version behind TLSv1/SSLv3, which names the family of the cipher: only an AEAD or SHA-2 cipher proves TLS 1.2.
CREATE OR REPLACE MACRO tls_of_family(cipher) AS CASE
    WHEN regexp_matches(coalesce(cipher, ''), 'GCM|CCM|CHACHA20|(SHA|SHA_|SHA-)(256|384)$', 'i') THEN 'TLS 1.2'
    ELSE 'TLS (version unknown)'
END;

-- Not recorded or No TLS for a word in lower case that means it; NULL for any other word. (Patterns, because a map of as many constants takes twice
-- as long to plan.)
CREATE OR REPLACE MACRO tls_of_placeholder(word) AS CASE
    WHEN regexp_full_match(word, '|not recorded|not available|unknown|undefined|null|n/a|na|--?|\?|0') THEN 'Not recorded'
    WHEN regexp_full_match(word, 'no ?tls|none|no|false|sp_prot_none') THEN 'No TLS'
END;

-- The TLS version of a trimmed text and its cipher, spelling by spelling; formats call tls_grade.
CREATE OR REPLACE MACRO tls_grade_of(version, cipher) AS coalesce(
    tls_of_placeholder(lower(version)),
    CASE
        WHEN version IS NULL THEN 'Not recorded'
        WHEN version = 'Tls' THEN 'TLS 1.0'
        WHEN regexp_matches(version, 'TLSv1/SSLv3', 'i') THEN tls_of_family(cipher)
        WHEN regexp_full_match(version, '[0-9]+') THEN tls_of_number(try_cast(version AS BIGINT))
        ELSE tls_of_words(version)
    END
);

-- The TLS version of the usual spellings; NULL for all others, which tls_grade examines.
CREATE OR REPLACE MACRO usual_tls_grade(version) AS map_extract_value(
    map(
        [
            'TLSv1.2', 'TLS1.2', 'TLS1_2', 'SP_PROT_TLS1_2_SERVER', 'SP_PROT_TLS1_2_CLIENT',
            'TLSv1.3', 'TLS1.3', 'TLS1_3', 'SP_PROT_TLS1_3_SERVER', 'SP_PROT_TLS1_3_CLIENT', ''
        ],
        ['TLS 1.2', 'TLS 1.2', 'TLS 1.2', 'TLS 1.2', 'TLS 1.2', 'TLS 1.3', 'TLS 1.3', 'TLS 1.3', 'TLS 1.3', 'TLS 1.3', 'Not recorded']
    ),
    cast(version AS VARCHAR)
);

-- The TLS version of a text and its cipher (or NULL), as one of the words of tls_version: tls_grade('TLSv1.2', NULL) = 'TLS 1.2'. The lambda names the
-- version, because an expression in its place would be planned again for each use.
CREATE OR REPLACE MACRO tls_grade(version, cipher) AS coalesce(
    usual_tls_grade(version), list_transform([trimmed(version)], LAMBDA word: tls_grade_of(word, trimmed(cipher)))[1]
);
