-- title: What TLS versions, directions, addresses and settings mean
-- help: The one place that knows how the sources spell these things. Run in the memory catalogue, so that every cursor sees them.

-- Half of a text's MD5 as a number. What DuckDB 2.0 has under this name gives the same number four times slower: it goes through text of 128 bits.
CREATE OR REPLACE MACRO md5_number_lower(param) AS cast(md5_number(param) >> 64 AS UBIGINT);

-- Text without the blanks, tabs, line ends and no-break spaces around it.
CREATE OR REPLACE MACRO bare(word) AS trim(cast(word AS VARCHAR), E' \t\r\n' || chr(160));

-- Schannel writes protocols as bit masks: first the server's, then the client's, then both as .NET has them. (Maps, where a list of constants with IN
-- would become a join of every row.)
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

-- A minor number must end where the version ends: TLS1.x and TLS 1.25 are not TLS 1.0 or 1.2.
CREATE OR REPLACE MACRO tls_of_words(version) AS CASE
    WHEN regexp_matches(version, 'TLS[ _v]*1(?:[._]?[0-3])?(?:[^0-9.]|\.[^0-9A-Za-z_]|\.?$)', 'i')
        THEN 'TLS 1.' || coalesce(
            nullif(regexp_extract(version, 'TLS[ _v]*1(?:[._]?([0-3]))?(?:[^0-9.]|\.[^0-9A-Za-z_]|\.?$)', 1, 'i'), ''), '0'
        )
    WHEN regexp_matches(version, 'SSL[ _v]*[23]', 'i') OR lower(version) = 'ssl' THEN 'SSL'
    ELSE 'TLS (version unknown)'
END;

-- TLSv1/SSLv3 names the family of the cipher, not the version: only an AEAD or SHA-2 cipher proves TLS 1.2.
CREATE OR REPLACE MACRO tls_of_family(cipher) AS CASE
    WHEN regexp_matches(coalesce(cipher, ''), 'GCM|CCM|CHACHA20|(SHA|SHA_|SHA-)(256|384)$', 'i') THEN 'TLS 1.2'
    ELSE 'TLS (version unknown)'
END;

-- Words for nothing, and for no TLS.
CREATE OR REPLACE MACRO tls_of_placeholder(word) AS map_extract_value(
    map(
        [
            '', 'not recorded', 'not available', 'unknown', 'undefined', 'null', 'n/a', 'na', '-', '--', '?', '0',
            'no tls', 'notls', 'none', 'no', 'false', 'sp_prot_none'
        ],
        array_cat(list_resize([]::VARCHAR[], 12, 'Not recorded'), list_resize([]::VARCHAR[], 6, 'No TLS'))
    ),
    word
);

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

-- The usual spellings are told at once.
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

-- tls_grade('TLSv1.2', NULL) = 'TLS 1.2'. Text in, one of the eight words of tls_version out.
CREATE OR REPLACE MACRO tls_grade(version, cipher) AS CASE
    WHEN usual_tls_grade(version) IS NULL THEN tls_grade_of(bare(version), bare(cipher))
    ELSE usual_tls_grade(version)
END;

CREATE OR REPLACE MACRO direction_of(word) AS CASE lower(bare(word))
    WHEN 'inbound' THEN 'inbound'
    WHEN 'incoming' THEN 'inbound'
    WHEN 'received' THEN 'inbound'
    WHEN 'in' THEN 'inbound'
    WHEN '1' THEN 'inbound'
    WHEN 'outbound' THEN 'outbound'
    WHEN 'originating' THEN 'outbound'
    WHEN 'outgoing' THEN 'outbound'
    WHEN 'sent' THEN 'outbound'
    WHEN 'out' THEN 'outbound'
    WHEN '2' THEN 'outbound'
    WHEN 'submission' THEN 'submission'
    WHEN 'internal' THEN 'internal'
    WHEN 'eingehend' THEN 'inbound'
    WHEN 'ausgehend' THEN 'outbound'
    WHEN 'entrant' THEN 'inbound'
    WHEN 'sortant' THEN 'outbound'
    WHEN 'entrante' THEN 'inbound'
    WHEN 'saliente' THEN 'outbound'
    WHEN 'in entrata' THEN 'inbound'
    WHEN 'in uscita' THEN 'outbound'
    WHEN 'inkomend' THEN 'inbound'
    WHEN 'uitgaand' THEN 'outbound'
    ELSE 'unknown'
END;

CREATE OR REPLACE MACRO connector_type_of(word) AS CASE lower(replace(bare(word), ' ', ''))
    WHEN 'partner' THEN 'Partner'
    WHEN 'onpremises' THEN 'OnPremises'
    WHEN 'on-premises' THEN 'OnPremises'
END;

-- Whether a source would show clear text: Exchange Online's message traces have a key for TLS and none for its absence.
CREATE OR REPLACE MACRO shows_clear_text(system, grain) AS NOT (system = 'Exchange Online' AND grain = 'message');

CREATE OR REPLACE MACRO status_of(word) AS CASE lower(bare(word))
    WHEN 'accepted' THEN 'accepted'
    WHEN 'handed over' THEN 'handed over'
    WHEN 'refused' THEN 'refused'
    WHEN 'deferred' THEN 'deferred'
    WHEN 'bounced' THEN 'bounced'
    WHEN 'unfinished' THEN 'unfinished'
END;

CREATE OR REPLACE MACRO truth_of(word) AS map_extract_value(
    map(
        ['true', 'yes', '1', '$true', 'wahr', 'false', 'no', '0', '$false', 'falsch'],
        [TRUE, TRUE, TRUE, TRUE, TRUE, FALSE, FALSE, FALSE, FALSE, FALSE]
    ),
    lower(bare(word))
);

-- A whole number, with or without the separators of thousands that cultures use: 1204, 1,204, 1.204, 1 204, 1'204.
CREATE OR REPLACE MACRO count_of(word) AS CASE
    WHEN regexp_full_match(bare(word), '\d+|\d{1,3}(?:[.,''’ \x{00A0}\x{202F}]\d{3})+')
        THEN try_cast(regexp_replace(bare(word), '\D', '', 'g') AS BIGINT)
END;

-- Who a peer is: its host, else in brackets what it says of itself, which may be another's name, else its address.
CREATE OR REPLACE MACRO host_of(peer_host, helo, peer_ip) AS CASE
    WHEN peer_host IS NOT NULL THEN peer_host
    WHEN helo IS NOT NULL THEN '(' || helo || ')'
    ELSE peer_ip
END;

-- The domain of an address, lower case; NULL for the null sender.
CREATE OR REPLACE MACRO domain_of(address) AS CASE
    WHEN contains(address, '>') THEN nullif(lower(trim(regexp_extract(address, '@([^@>]*)>?\s*$', 1))), '')
    WHEN contains(address, '@') THEN nullif(lower(trim(split_part(address, '@', -1))), '')
END;

-- The place of a TLS version in its order, from No TLS to Not recorded.
CREATE OR REPLACE MACRO tls_ordinal(TLS) AS list_position(
    ['No TLS', 'SSL', 'TLS 1.0', 'TLS 1.1', 'TLS 1.2', 'TLS 1.3', 'TLS (version unknown)', 'Not recorded'], tls
);

-- Of several TLS records of one hop the one that counts, an aggregate: a recorded version beats none, then the lowest.
CREATE OR REPLACE MACRO least_tls(tls, tls_raw, cipher) AS min({
    'is_unrecorded': tls = 'Not recorded', 'rank': tls_ordinal(tls), 'tls': tls, 'tls_raw': tls_raw, 'cipher': cipher
});

-- The domain that stands for all of a message's recipients: the first in the alphabet, so that neither their order nor that of their records means anything.
CREATE OR REPLACE MACRO recipient_domain(recipients) AS list_min(list_transform(recipients, LAMBDA one: domain_of(one)));

-- The recipients of several records of one hop, an aggregate: as they are where all records have the same, else each once, sorted.
CREATE OR REPLACE MACRO all_recipients(recipients) AS CASE
    WHEN min(recipients) = max(recipients) THEN min(recipients)
    ELSE list_sort(list_distinct(flatten(list(recipients))))
END;

-- What a sender is counted by in the rollup of peers: half of an MD5, because hash() of DuckDB 2.0 takes many alike addresses for the same.
CREATE OR REPLACE MACRO sender_key(sender) AS cast(md5_number(sender) >> 64 AS UBIGINT);
