-- title: Directions, statuses, connectors and addresses
-- help: Directions, statuses, connectors, addresses and custom data in the spellings of the sources.
-- public: yes

-- inbound, outbound, submission, internal or unknown, from the words that sources use for a direction, in several languages.
CREATE OR REPLACE MACRO direction_of(word) AS CASE lower(trimmed(word))
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

-- Partner or OnPremises from a source's word; NULL for anything else.
CREATE OR REPLACE MACRO connector_type_of(word) AS CASE lower(replace(trimmed(word), ' ', ''))
    WHEN 'partner' THEN 'Partner'
    WHEN 'onpremises' THEN 'OnPremises'
    WHEN 'on-premises' THEN 'OnPremises'
END;

-- The delivery status from its word in the data model; NULL for anything else.
CREATE OR REPLACE MACRO status_of(word) AS CASE lower(trimmed(word))
    WHEN 'accepted' THEN 'accepted'
    WHEN 'delivered' THEN 'delivered'
    WHEN 'rejected' THEN 'rejected'
    WHEN 'deferred' THEN 'deferred'
    WHEN 'bounced' THEN 'bounced'
    WHEN 'incomplete' THEN 'incomplete'
    -- Exports of versions before 0.2.
    WHEN 'handed over' THEN 'delivered'
    WHEN 'refused' THEN 'rejected'
    WHEN 'unfinished' THEN 'incomplete'
END;

-- TRUE or FALSE from yes, true, 1 and the like, also in German and PowerShell's spelling; NULL for anything else.
CREATE OR REPLACE MACRO boolean_of(word) AS map_extract_value(
    map(
        ['true', 'yes', '1', '$true', 'wahr', 'false', 'no', '0', '$false', 'falsch'],
        [TRUE, TRUE, TRUE, TRUE, TRUE, FALSE, FALSE, FALSE, FALSE, FALSE]
    ),
    lower(trimmed(word))
);

-- A whole number, with or without the thousands separators of any region: 1204, 1,204, 1.204, 1 204, 1'204.
CREATE OR REPLACE MACRO count_of(word) AS CASE
    WHEN regexp_full_match(trimmed(word), '\d+|\d{1,3}(?:[.,''’ \x{00A0}\x{202F}]\d{3})+')
        THEN try_cast(regexp_replace(trimmed(word), '\D', '', 'g') AS BIGINT)
END;

-- The domain that represents all recipients of a message: the first in alphabetical order, so that their order does not matter.
CREATE OR REPLACE MACRO recipient_domain(recipients) AS list_min(list_transform(recipients, LAMBDA one: domain_of(one)));

-- Exchange's custom data, agent:key=value separated by semicolons, without the quoted values, so that a key is not found inside a connector's name.
CREATE OR REPLACE MACRO unquoted_data(custom_data) AS
regexp_replace(custom_data, '(^|;)''[A-Za-z]:.*?''(;|$)', ';', 'gs');

-- The value of a key in Exchange's custom data, agent:key=value separated by semicolons, outside of quotes; NULL without one.
CREATE OR REPLACE MACRO data_value(custom_data, key_pattern) AS
nullif(trim(regexp_extract(unquoted_data(custom_data), '(?:^|;)[A-Za-z]:(?:[\w.]*\.)?(?:' || key_pattern || ')=([^;]*)', 1, 'i')), '');

-- The same, where the value may be quoted because it contains a semicolon.
CREATE OR REPLACE MACRO data_quoted(custom_data, key_pattern) AS coalesce(
    nullif(regexp_extract(custom_data, '(?:^|;)''[A-Za-z]:(?:[\w.]*\.)?(?:' || key_pattern || ')=(.*?)''(?:;|$)', 1, 'is'), ''),
    data_value(custom_data, key_pattern)
);

-- The name in the connector data of an Exchange Online trace, Name=…;ConnectorType=…; NULL without one.
CREATE OR REPLACE MACRO connector_name_of(connector_data) AS nullif(
    trim(regexp_extract(
        connector_data, '(?:^|;)Name=(.*?)(?:;(?:ConnectorType|ConnectorSource|TenantId|OrganizationId|Guid|Id)=|$)', 1, 'is'
    )), ''
);

-- The IP address of an endpoint, without port, brackets, IPv4 mapping and zone: 203.0.113.9:25, [2001:db8::1]:25, ::ffff:192.0.2.1, fe80::1%3.
CREATE OR REPLACE MACRO address_of(endpoint) AS nullif(
    regexp_replace(
        CASE
            WHEN left(endpoint, 1) = '[' THEN regexp_extract(endpoint, '^\[([^\]%]*)', 1)
            WHEN endpoint LIKE '%:%:%' THEN string_split(endpoint, '%')[1]
            ELSE string_split(endpoint, ':')[1]
        END,
        '^(?:IPv6:)?(?:::ffff:)?', '', 'i'
    ), ''
);

-- A list from a text with several values, as PowerShell writes them: {a, b}, a;b, ["a","b"], a. NULL where PowerShell wrote a type's name instead.
-- smtp:*.partner.example;1 is one value with its cost.
CREATE OR REPLACE MACRO values_of(text) AS CASE
    WHEN text LIKE 'Microsoft.Exchange.Data.%' OR text LIKE 'System.%[]' OR text LIKE 'System.Collections.%' THEN NULL
    ELSE list_filter(
        list_transform(
            regexp_split_to_array(trim(regexp_replace(text, ';\d+([,;}\]"'']|$)', '\1', 'g'), '{}[] '), '\s*[,;]\s*'), LAMBDA item: trim(item, '"''[] ')),
        LAMBDA item: item <> ''
    )
END;
