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
CREATE OR REPLACE MACRO tls_grade(version, cipher) AS coalesce(
    usual_tls_grade(version), tls_grade_of(bare(CASE WHEN usual_tls_grade(version) IS NULL THEN version END), bare(cipher))
);

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

-- 203.0.113.9:25, [2001:db8::1]:25, ::ffff:192.0.2.1 and fe80::1%3 without port, brackets, mapping and zone.
CREATE OR REPLACE MACRO address_of(endpoint) AS nullif(
    regexp_replace(
        CASE
            WHEN left(endpoint, 1) = '[' THEN regexp_extract(endpoint, '^\[([^\]%]*)', 1)
            WHEN endpoint LIKE '%:%:%' THEN split_part(endpoint, '%', 1)
            ELSE split_part(endpoint, ':', 1)
        END,
        '^(?:IPv6:)?(?:::ffff:)?', '', 'i'
    ), ''
);

-- {a, b}, a;b, ["a","b"] and a alone: the ways in which PowerShell writes several values. NULL when it lost them.
-- smtp:*.partner.example;1 is one value with its cost.
CREATE OR REPLACE MACRO values_of(text) AS CASE
    WHEN text LIKE 'Microsoft.Exchange.Data.%' OR text LIKE 'System.%[]' OR text LIKE 'System.Collections.%' THEN NULL
    ELSE list_filter(
        list_transform(
            regexp_split_to_array(trim(regexp_replace(text, ';\d+([,;}\]"'']|$)', '\1', 'g'), '{}[] '), '\s*[,;]\s*'), LAMBDA item: trim(item, '"''[] ')),
        LAMBDA item: item <> ''
    )
END;

CREATE OR REPLACE MACRO ipv4_number(address) AS
cast(split_part(address, '.', 1) AS UHUGEINT) * 16777216 + cast(split_part(address, '.', 2) AS UHUGEINT) * 65536
+ cast(split_part(address, '.', 3) AS UHUGEINT) * 256 + cast(split_part(address, '.', 4) AS UHUGEINT);

CREATE OR REPLACE MACRO ipv6_groups(address) AS CASE
    WHEN address NOT LIKE '%::%' THEN string_split(address, ':')
    ELSE list_concat(
        list_filter(string_split(split_part(address, '::', 1), ':'), LAMBDA part: part <> ''),
        list_transform(
            range(
                8 - len(list_filter(string_split(split_part(address, '::', 1), ':'), LAMBDA part: part <> ''))
                - len(list_filter(string_split(split_part(address, '::', 2), ':'), LAMBDA part: part <> ''))
            ),
            LAMBDA part: '0'
        ),
        list_filter(string_split(split_part(address, '::', 2), ':'), LAMBDA part: part <> '')
    )
END;

-- An address as a number of 128 bits, IPv4 mapped into ::ffff:0:0/96; NULL for what is no address.
CREATE OR REPLACE MACRO address_number(address) AS try(CASE  -- noqa: PRS
    WHEN regexp_full_match(address, '(\d{1,3}\.){3}\d{1,3}') THEN 281470681743360::UHUGEINT + ipv4_number(address)
    WHEN regexp_full_match(address, '[0-9A-Fa-f:]*:[0-9A-Fa-f:]*') AND len(ipv6_groups(address)) = 8 THEN list_reduce(
        list_transform(ipv6_groups(address), LAMBDA part: CAST(CAST('0x' || part AS UINTEGER) AS UHUGEINT)),
        LAMBDA number, part: number * 65536 + part
    )
END);

CREATE OR REPLACE MACRO range_bits(network) AS CASE
    WHEN network NOT LIKE '%/%' THEN 128
    WHEN network LIKE '%:%' AND regexp_full_match(split_part(network, '/', 2), '\d{1,2}|1[01]\d|12[0-8]')
        THEN CAST(split_part(network, '/', 2) AS INTEGER)
    WHEN network NOT LIKE '%:%' AND regexp_full_match(split_part(network, '/', 2), '[12]?\d|3[0-2]')
        THEN 96 + CAST(split_part(network, '/', 2) AS INTEGER)
END;

-- Whether an address lies in 192.0.2.0/24, 192.0.2.7, 192.0.2.1-192.0.2.9 or 2001:db8::/32; NULL when one of them is no address.
CREATE OR REPLACE MACRO in_range(address, network) AS CASE
    WHEN network LIKE '%-%'
        THEN address_number(address) BETWEEN address_number(split_part(network, '-', 1)) AND address_number(split_part(network, '-', 2))
    WHEN range_bits(network) = 0 THEN address_number(address) IS NOT NULL
    ELSE (address_number(address) >> CAST(128 - range_bits(network) AS UHUGEINT))
        = (address_number(split_part(network, '/', 1)) >> CAST(128 - range_bits(network) AS UHUGEINT))
END;

-- Segments agent:key=value, parted by semicolons; a value that holds one itself is quoted. Keys may be dotted and vary in case.
-- A connector's name inside quotes must not be taken for a key, so plain keys are looked up outside of them.
CREATE OR REPLACE MACRO unquoted_data(custom_data) AS
regexp_replace(custom_data, '(^|;)''[A-Za-z]:.*?''(;|$)', ';', 'gs');

CREATE OR REPLACE MACRO data_value(custom_data, key_pattern) AS
nullif(trim(regexp_extract(unquoted_data(custom_data), '(?:^|;)[A-Za-z]:(?:[\w.]*\.)?(?:' || key_pattern || ')=([^;]*)', 1, 'i')), '');

CREATE OR REPLACE MACRO data_quoted(custom_data, key_pattern) AS nullif(coalesce(
    nullif(regexp_extract(custom_data, '(?:^|;)''[A-Za-z]:(?:[\w.]*\.)?(?:' || key_pattern || ')=(.*?)''(?:;|$)', 1, 'is'), ''),
    data_value(custom_data, key_pattern)
), '');

CREATE OR REPLACE MACRO connector_name_of(connector_data) AS nullif(
    trim(regexp_extract(
        connector_data, '(?:^|;)Name=(.*?)(?:;(?:ConnectorType|ConnectorSource|TenantId|OrganizationId|Guid|Id)=|$)', 1, 'is'
    )), ''
);

-- Whether a time as it is stored may lie in a span. In other zones than UTC the moment of a daily total is worked out, and DuckDB would read every
-- message to compare it: this condition beside the exact one lets it leave out the rest.
CREATE OR REPLACE MACRO is_near(stored_utc, since_utc, until_utc) AS
stored_utc >= cast(since_utc AS TIMESTAMP) - INTERVAL 1 DAY AND stored_utc < cast(until_utc AS TIMESTAMP) + INTERVAL 1 DAY;

-- Numbers, days and times in the words of findings: ~1,204 messages, 12 Nov, 12 Nov 09:04.
CREATE OR REPLACE MACRO number_words(number, is_about) AS CASE WHEN is_about THEN '~' ELSE '' END || format('{:,}', cast(number AS BIGINT));

CREATE OR REPLACE MACRO counted(number, noun, is_about) AS
number_words(number, is_about) || ' ' || noun || CASE WHEN number = 1 THEN '' ELSE 's' END;

CREATE OR REPLACE MACRO day_words(day) AS strftime(day, '%-d %b');

CREATE OR REPLACE MACRO clock_words(moment) AS strftime(moment, '%-d %b %H:%M');

-- Whether the words of a system say that the other side's certificate was not what it had to be: the verification status of Exchange, verify= of
-- Sendmail, CV= of Exim and the trust of Postfix. Without a demand for a certificate most of them mean nothing.
CREATE OR REPLACE MACRO check_failed(verified) AS coalesce(lower(bare(verified)) IN (
    'fail', 'failed', 'no', 'false', 'anonymous', 'untrusted', 'untrustedroot', 'certificatemismatch', 'subjectmismatch', 'nocnmatch',
    'certificateexpired', 'revoked', 'certificaterevoked', 'noremotecertificate', 'emptycertificate'
), FALSE);

-- Whether a certificate (its name, or its subject) has a wanted name: mx1.partner.example itself, *.partner.example above it, and for the wanted
-- *.partner.example any name below. A thumbprint tells no name, so it fits.
CREATE OR REPLACE MACRO certificate_fits(certificate, wanted) AS
NOT contains(certificate, '.')
OR regexp_matches(lower(certificate), '(^|[^a-z0-9-])' || regexp_escape(regexp_replace(lower(wanted), '^\*\.', '')))
OR contains(lower(certificate), '*.' || regexp_replace(lower(wanted), '^[^.]+\.', ''));
