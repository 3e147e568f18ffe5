-- title: Values in JSON, CEF, XML and host names
-- help: Values in JSON objects, CEF lines, XML attributes and host names. Runs in the memory catalogue, after the macros of schema/.
-- public: yes

-- A text with the entities of HTML and XML decoded.
CREATE OR REPLACE MACRO html_text(text) AS
replace(replace(replace(replace(replace(replace(text, '&lt;', '<'), '&gt;', '>'), '&quot;', '"'), '&apos;', ''''), '&#39;', ''''), '&amp;', '&');

-- Whether a receive connector is one of the default ones, SERVER\Default SERVER or SERVER\Default Frontend SERVER, which are open to the internet.
CREATE OR REPLACE MACRO is_default_receive_connector(connector) AS coalesce(
    lower(split_part(connector, '\', 2))
    IN ('default ' || lower(string_split(connector, '\')[1]), 'default frontend ' || lower(string_split(connector, '\')[1])), FALSE
);

-- The text at a path of a JSON object; NULL for null, an empty text, and the words null and N/A.
CREATE OR REPLACE MACRO text_at(item, path) AS CASE
    WHEN lower(trimmed(item ->> path)) NOT IN ('', 'null', 'n/a') THEN trimmed(item ->> path)
END;

-- The same for several paths, as a list in their order. The object is parsed once for all of them, so ask for them together.
CREATE OR REPLACE MACRO texts_at(item, paths) AS list_transform(
    json_extract_string(item, paths),
    LAMBDA one: CASE
        WHEN strlen(one) > 4 AND ascii(one) BETWEEN 33 AND 126 AND regexp_matches(one, '[!-~]$') THEN one
        WHEN lower(trimmed(one)) NOT IN ('', 'null', 'n/a') THEN trimmed(one)
    END
);

-- A list of texts at a path of a JSON object: the items of an array, or the values in a text, separated as values_of does.
CREATE OR REPLACE MACRO list_at(item, path) AS CASE
    WHEN json_type(item, path) = 'ARRAY' THEN cast(json_extract(item, path) AS VARCHAR[])
    ELSE list_transform([text_at(item, path)], LAMBDA text: values_of(text))[1]
END;

-- Addresses of a list in lower case, without angle brackets and display names.
CREATE OR REPLACE MACRO addresses_of(texts) AS list_filter(
    list_transform(coalesce(texts, []), LAMBDA one: lower(trimmed(regexp_replace(one, '^[^<]*<([^>]*)>.*$', '\1')))), LAMBDA one: one <> ''
);

-- The moment of a JSON value: seconds, milliseconds or microseconds since 1970, or a text with its offset, also written as +0100.
CREATE OR REPLACE MACRO json_time(text) AS CASE
    WHEN regexp_full_match(text, '\d{16}') THEN make_timestamp(try_cast(text AS BIGINT))
    WHEN regexp_full_match(text, '\d{13}') THEN make_timestamp(try_cast(text AS BIGINT) * 1000)
    WHEN regexp_full_match(text, '\d{9,10}(\.\d+)?') THEN make_timestamp(cast(try_cast(text AS DOUBLE) * 1000000 AS BIGINT))
    ELSE locale_time(regexp_replace(text, '([+-]\d\d)(\d\d)$', '\1:\2'), FALSE)
END;

-- The value of a parameter of an activity of Google's Reports API, {"name": "smtp_tls_version", "value": "TLSv1.3"}, in lists within lists.
CREATE OR REPLACE MACRO google_value(activity, name) AS coalesce(
    nullif(regexp_extract(cast(activity AS VARCHAR), '\{"name": ?"' || name || '", ?"(?:value|intValue)": ?"((?:[^"\\]|\\.)*)"', 1), ''),
    nullif(regexp_extract(cast(activity AS VARCHAR), '\{"name": ?"' || name || '", ?"(?:intValue|boolValue)": ?([\w.-]+)', 1), '')
);

-- The organisational domain of a host, approximately: the last two labels of its name, three where the last but one is short (co.uk).
CREATE OR REPLACE MACRO site_of(host) AS CASE
    WHEN regexp_matches(host, '\.(co|com|org|net|gov|ac|or|ne)\.[a-z]{2}$') THEN regexp_extract(host, '([^.]+\.[^.]+\.[^.]+)$', 1)
    ELSE coalesce(nullif(regexp_extract(host, '([^.]+\.[^.]+)$', 1), ''), host)
END;

-- The fields of a CEF line, …|5|act=DELIVERED dst=…, with a blank before the first key too, for cef_value.
CREATE OR REPLACE MACRO cef_fields(line) AS regexp_replace(line, '\|([A-Za-z0-9_]+=)', ' \1');

-- The value of a key in the fields of a CEF line, with escapes resolved; a value may contain blanks. The text after the key is cut out first, so that
-- the pattern is tried in one place only.
CREATE OR REPLACE MACRO cef_value(fields, key) AS nullif(
    trimmed(regexp_replace(regexp_extract(string_split(fields, ' ' || key || '=')[2], '^(.*?)(?: [A-Za-z0-9_]+=|$)', 1), '\\(.)', '\1', 'g')), ''
);

-- The value of a name in the XML of a message trace's details, <MEP Name="ConnectorId" String="..." />, with entities decoded. The XML is not parsed, so
-- entities that a file defines are never expanded.
CREATE OR REPLACE MACRO mep_value(data, name) AS nullif(html_text(regexp_extract(data, '<MEP Name="' || name || '" [A-Za-z]+="([^"]*)"', 1)), '');
