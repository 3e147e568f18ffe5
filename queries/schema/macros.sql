-- title: Hosts, domains, versions and keys
-- help: Used by views and resolution. Run in the memory catalogue, so that every cursor sees them.
-- public: yes

-- Half of the MD5 of a text as a number, for hop_key. DuckDB 2.0 has a function of this name, which gives the same number four times slower.
CREATE OR REPLACE MACRO md5_number_lower(param) AS cast(md5_number(param) >> 64 AS UBIGINT);

-- A text without blanks, tabs, line ends and no-break spaces around it.
CREATE OR REPLACE MACRO trimmed(word) AS trim(cast(word AS VARCHAR), E' \t\r\n' || chr(160));

-- The name of a peer: its host, otherwise the HELO name in brackets, which is unverified, otherwise its address.
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

-- Aggregate: the TLS version of several records of one hop: a recorded version wins over none, then the lowest.
CREATE OR REPLACE MACRO least_tls(tls, tls_raw, cipher) AS min({
    'is_unrecorded': tls = 'Not recorded', 'rank': tls_ordinal(tls), 'tls': tls, 'tls_raw': tls_raw, 'cipher': cipher
});

-- Aggregate: the recipients of several records of one hop: unchanged where all are equal, otherwise each once, sorted.
CREATE OR REPLACE MACRO all_recipients(recipients) AS CASE
    WHEN min(recipients) = max(recipients) THEN min(recipients)
    ELSE list_sort(list_distinct(flatten(list(recipients))))
END;

-- A number for counting distinct senders: half of an MD5, because hash() of DuckDB 2.0 collides for similar addresses.
CREATE OR REPLACE MACRO sender_key(sender) AS cast(md5_number(sender) >> 64 AS UBIGINT);

-- Whether a stored time may lie in a span, to within a day: a condition that lets DuckDB skip rows, in addition to the exact one.
CREATE OR REPLACE MACRO is_near(stored_utc, since_utc, until_utc) AS
stored_utc >= cast(since_utc AS TIMESTAMP) - INTERVAL 1 DAY AND stored_utc < cast(until_utc AS TIMESTAMP) + INTERVAL 1 DAY;
