-- title: Addresses and ranges
-- help: IPv4 and IPv6 as numbers.

CREATE OR REPLACE MACRO ipv4_number(address) AS
cast(string_split(address, '.')[1] AS UHUGEINT) * 16777216 + cast(split_part(address, '.', 2) AS UHUGEINT) * 65536
+ cast(split_part(address, '.', 3) AS UHUGEINT) * 256 + cast(split_part(address, '.', 4) AS UHUGEINT);

CREATE OR REPLACE MACRO ipv6_groups(address) AS CASE
    WHEN address NOT LIKE '%::%' THEN string_split(address, ':')
    ELSE list_concat(
        list_filter(string_split(string_split(address, '::')[1], ':'), LAMBDA part: part <> ''),
        list_transform(
            range(
                8 - len(list_filter(string_split(string_split(address, '::')[1], ':'), LAMBDA part: part <> ''))
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
        THEN address_number(address) BETWEEN address_number(string_split(network, '-')[1]) AND address_number(split_part(network, '-', 2))
    WHEN range_bits(network) = 0 THEN address_number(address) IS NOT NULL
    ELSE (address_number(address) >> CAST(128 - range_bits(network) AS UHUGEINT))
        = (address_number(string_split(network, '/')[1]) >> CAST(128 - range_bits(network) AS UHUGEINT))
END;
