-- title: Hosts, domains, versions and keys
-- help: What views and resolution use of a record. Run in the memory catalogue, so that every cursor sees them.
-- public: yes

-- Half of a text's MD5 as a number. What DuckDB 2.0 has under this name gives the same number four times slower: it goes through text of 128 bits.
CREATE OR REPLACE MACRO md5_number_lower(param) AS cast(md5_number(param) >> 64 AS UBIGINT);

-- Text without the blanks, tabs, line ends and no-break spaces around it.
CREATE OR REPLACE MACRO trimmed(word) AS trim(cast(word AS VARCHAR), E' \t\r\n' || chr(160));

-- Who a peer is: its host, else in brackets what it says of itself, which may be another's name, else its address.
CREATE OR REPLACE MACRO host_of(peer_host, helo, peer_ip) AS CASE
    WHEN peer_host IS NOT NULL THEN peer_host
    WHEN helo IS NOT NULL THEN '(' || helo || ')'
    ELSE peer_ip
END;

-- The domain of an address, lower case; NULL for the null sender.
CREATE OR REPLACE MACRO domain_of(address) AS CASE
    WHEN contains(address, '>') THEN nullif(lower(trim(regexp_extract(address, '@([^@>]*)>?\s*$', 1))), '')
    WHEN contains(address, '@') THEN nullif(lower(trim(string_split(address, '@')[-1])), '')
END;

-- Of several TLS records of one hop the one that counts, an aggregate: a recorded version beats none, then the lowest.
CREATE OR REPLACE MACRO least_tls(tls, tls_raw, cipher) AS min({
    'is_unrecorded': tls = 'Not recorded', 'rank': tls_ordinal(tls), 'tls': tls, 'tls_raw': tls_raw, 'cipher': cipher
});

-- The recipients of several records of one hop, an aggregate: as they are where all records have the same, else each once, sorted.
CREATE OR REPLACE MACRO all_recipients(recipients) AS CASE
    WHEN min(recipients) = max(recipients) THEN min(recipients)
    ELSE list_sort(list_distinct(flatten(list(recipients))))
END;

-- What a sender is counted by in the rollup of peers: half of an MD5, because hash() of DuckDB 2.0 takes many alike addresses for the same.
CREATE OR REPLACE MACRO sender_key(sender) AS cast(md5_number(sender) >> 64 AS UBIGINT);

-- Whether a time as it is stored may lie in a span. In other zones than UTC the moment of a daily total is worked out, and DuckDB would read every
-- message to compare it: this condition beside the exact one lets it leave out the rest.
CREATE OR REPLACE MACRO is_near(stored_utc, since_utc, until_utc) AS
stored_utc >= cast(since_utc AS TIMESTAMP) - INTERVAL 1 DAY AND stored_utc < cast(until_utc AS TIMESTAMP) + INTERVAL 1 DAY;
