-- title: How formats wrap what they tell
-- help: Values inside JSON objects, CEF lines, XML attributes and names of hosts. Run in the memory catalogue, after the macros of meaning.
-- public: yes

-- A text with the entities of HTML and XML decoded.
CREATE OR REPLACE MACRO html_text(text) AS
replace(replace(replace(replace(replace(replace(text, '&lt;', '<'), '&gt;', '>'), '&quot;', '"'), '&apos;', ''''), '&#39;', ''''), '&amp;', '&');

-- SERVER\Default SERVER and SERVER\Default Frontend SERVER are the way in for everybody: mail that comes by them has no connector.
CREATE OR REPLACE MACRO is_default_receive_connector(connector) AS coalesce(
    lower(split_part(connector, '\', 2))
    IN ('default ' || lower(string_split(connector, '\')[1]), 'default frontend ' || lower(string_split(connector, '\')[1])), FALSE
);

-- What JSON tells at a path, as text; null, an empty text and the words null and N/A are nothing.
CREATE OR REPLACE MACRO text_at(item, path) AS CASE
    WHEN lower(trimmed(item ->> path)) NOT IN ('', 'null', 'n/a') THEN trimmed(item ->> path)
END;

-- The same of several paths, in their order. An object is parsed once for all of them, and anew for every path that is asked for alone. A text that
-- neither begins nor ends with a blank is told at once.
CREATE OR REPLACE MACRO texts_at(item, paths) AS list_transform(
    json_extract_string(item, paths),
    LAMBDA one: CASE
        WHEN strlen(one) > 4 AND ascii(one) BETWEEN 33 AND 126 AND regexp_matches(one, '[!-~]$') THEN one
        WHEN lower(trimmed(one)) NOT IN ('', 'null', 'n/a') THEN trimmed(one)
    END
);

-- A list of texts at a path: of a JSON array its items, of a text the addresses that it names one behind the other. The text is bound to a name, because
-- what stands in a CASE is looked up anew wherever it is written.
CREATE OR REPLACE MACRO list_at(item, path) AS CASE
    WHEN json_type(item, path) = 'ARRAY' THEN cast(json_extract(item, path) AS VARCHAR[])
    ELSE list_transform([text_at(item, path)], LAMBDA text: values_of(text))[1]
END;

-- Addresses without brackets and names, in lower case.
CREATE OR REPLACE MACRO addresses_of(texts) AS list_filter(
    list_transform(coalesce(texts, []), LAMBDA one: lower(trimmed(regexp_replace(one, '^[^<]*<([^>]*)>.*$', '\1')))), LAMBDA one: one <> ''
);

-- A moment of JSON: seconds, milliseconds or microseconds since 1970, or a text with its offset; +0100 is an offset too.
CREATE OR REPLACE MACRO json_time(text) AS CASE
    WHEN regexp_full_match(text, '\d{16}') THEN make_timestamp(try_cast(text AS BIGINT))
    WHEN regexp_full_match(text, '\d{13}') THEN make_timestamp(try_cast(text AS BIGINT) * 1000)
    WHEN regexp_full_match(text, '\d{9,10}(\.\d+)?') THEN make_timestamp(cast(try_cast(text AS DOUBLE) * 1000000 AS BIGINT))
    ELSE culture_time(regexp_replace(text, '([+-]\d\d)(\d\d)$', '\1:\2'), FALSE)
END;

-- A parameter of an activity of Google's Reports API, {"name": "smtp_tls_version", "value": "TLSv1.3"}: they stand in lists inside of lists.
CREATE OR REPLACE MACRO google_value(activity, name) AS coalesce(
    nullif(regexp_extract(cast(activity AS VARCHAR), '\{"name": ?"' || name || '", ?"(?:value|intValue)": ?"((?:[^"\\]|\\.)*)"', 1), ''),
    nullif(regexp_extract(cast(activity AS VARCHAR), '\{"name": ?"' || name || '", ?"(?:intValue|boolValue)": ?([\w.-]+)', 1), '')
);

-- Whose a host is, roughly: the last two parts of its name, three where the last but one is short (co.uk).
CREATE OR REPLACE MACRO site_of(host) AS CASE
    WHEN regexp_matches(host, '\.(co|com|org|net|gov|ac|or|ne)\.[a-z]{2}$') THEN regexp_extract(host, '([^.]+\.[^.]+\.[^.]+)$', 1)
    ELSE coalesce(nullif(regexp_extract(host, '([^.]+\.[^.]+)$', 1), ''), host)
END;

-- A CEF line whose first key stands behind a blank too, as all others do: …|5|act=DELIVERED dst=…
CREATE OR REPLACE MACRO cef_fields(line) AS regexp_replace(line, '\|([A-Za-z0-9_]+=)', ' \1');

-- A value of such a line: key=value behind blanks, a value may hold blanks itself; its escapes are undone. What stands behind the key is cut out first: a
-- pattern from there on is tried in one place, not in all of a long line.
CREATE OR REPLACE MACRO cef_value(fields, key) AS nullif(
    trimmed(regexp_replace(regexp_extract(string_split(fields, ' ' || key || '=')[2], '^(.*?)(?: [A-Za-z0-9_]+=|$)', 1), '\\(.)', '\1', 'g')), ''
);

-- A value of the XML in a message trace's details: <MEP Name="ConnectorId" String="..." />, with its entities spelt out. No XML is parsed, and so no
-- entity of the file's own is expanded.
CREATE OR REPLACE MACRO mep_value(data, name) AS nullif(html_text(regexp_extract(data, '<MEP Name="' || name || '" [A-Za-z]+="([^"]*)"', 1)), '');
