-- title: Exim: lines of mainlog
-- help: Parses the lines of mainlog.

-- Return the value of a field of a line, such as H= or S=, outside of quotes.
CREATE OR REPLACE MACRO exim_field(text, name) AS
nullif(string_split(string_split(CASE WHEN starts_with(text, name) THEN ' ' || text ELSE text END, ' ' || name || '=')[2], ' ')[1], '');

-- Return the value of a field whose value is quoted: T="Greetings", DN="CN=mx1.partner.example".
CREATE OR REPLACE MACRO exim_quoted(text, name) AS
CASE
    WHEN NOT contains(text, name || '="') THEN NULL
    WHEN contains(text, '\')
        THEN nullif(regexp_replace(regexp_extract(text, '(?:^|\s)' || name || '="((?:[^"\\]|\\.)*)"', 1), '\\(.)', '\1', 'g'), '')
    ELSE nullif(string_split(string_split(' ' || text, ' ' || name || '="')[2], '"')[1], '')
END;

CREATE OR REPLACE MACRO exim_unquoted(text) AS CASE WHEN contains(text, '="') THEN regexp_replace(text, '="(?:[^"\\]|\\.)*"', '=', 'g') ELSE text END;

-- Return the address after a flag: bob@partner.example, bob <bob@example.com>, <>.
CREATE OR REPLACE MACRO exim_address(text) AS CASE
    WHEN contains(text, ' <') AND regexp_matches(text, '^\S+ <[^>\s]*>') AND NOT contains(string_split(text, ' ')[1], '@')
        THEN regexp_extract(text, '^\S+ <([^>\s]*)>', 1)
    ELSE trim(string_split(text, ' ')[1], '<>:')
END;

-- Split a line of a usual form into its parts: a line of mainlog (2026-09-13 11:51:53.107 +0200 [4977] id rest, most of it optional), or of syslog
-- (Sep 13 11:51:53 mail exim[4977]: id rest). These patterns never backtrack, which is four times faster than exim_any_part.
CREATE OR REPLACE MACRO exim_usual_part(line) AS CASE
    WHEN ascii(line) BETWEEN 48 AND 57
        THEN regexp_extract(
            line, '^()()(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?) (?:([+-]\d{4}) )?(?:\[\d+\] )?([^\s\[+-]\S*) (.*)$',
            ['server', 'program', 'stamp', 'zone', 'first_word', 'rest']
        )
    ELSE regexp_extract(
        line, '^\w{3} [ \d]\d [\d:]{8} (\S+) ([^\s:]+): ()()(?:\[\d+\] )?([^\s\[]\S*) (.*)$', ['server', 'program', 'stamp', 'zone', 'first_word', 'rest']
    )
END;

-- Split a line of any form into its parts.
CREATE OR REPLACE MACRO exim_any_part(line) AS regexp_extract(
    line,
    '^(?:\S+\s+\| )?(?:(?:\w{3} [ \d]\d [\d:]{8}|\d{4}-\d\d-\d\dT\S+) (\S+) \S*exim\S*: )?(?:(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?)(?: ([+-]\d{4}))?)?'
    || ' ?(?:\[\d+\] )?(?:(\w{6}-\w{6,11}-\w{2,4}) )?(.*)$',
    ['server', 'stamp', 'zone', 'id', 'rest']
);

-- Parse the lines of a mainlog, also inside syslog, into time, message id, flag and text. Every line returns a row, so that rows keep their line
-- numbers; what the hops do not need is NULL.
CREATE OR REPLACE MACRO exim_rows(relation, files) AS TABLE  -- noqa: CP05
SELECT
    entry.source_id,
    entry.flag,
    CASE WHEN entry.flag IS NOT NULL THEN nullif(entry.part.server, '') END AS server,
    CASE WHEN entry.flag IS NOT NULL THEN nullif(entry.part.id, '') END AS id,
    entry.time_utc,
    CASE
        WHEN entry.flag IN ('Completed', 'damaged') THEN NULL WHEN entry.flag IN ('rejected', 'TLS') THEN entry.part.rest
        ELSE substr(entry.part.rest, 4)
    END AS text,
    CASE
        WHEN entry.flag = 'damaged' THEN 'the line ends before its address'
        WHEN entry.flag IS NOT NULL AND entry.time_utc IS NULL THEN 'the line has no time'
    END AS problem
FROM (
    SELECT
        *,
        CASE
            WHEN flag IS NULL THEN NULL
            WHEN part.stamp = '' THEN log_utc(line, clock, modified, log_zone)
            WHEN part.zone = '+0000' OR (part.zone = '' AND log_zone = 'UTC') THEN try_cast(part.stamp AS TIMESTAMP)
            ELSE syslog_utc(part.stamp || part.zone, modified, log_zone)
        END AS time_utc
    FROM (
        SELECT
            *,
            CASE WHEN flag IS NOT NULL AND part.stamp = '' THEN log_clock_of(line, years) END AS clock
        FROM (
            SELECT
                source_id,
                modified,
                years,
                log_zone,
                line,
                part,
                CASE
                    WHEN delivery_flag IS NOT NULL AND length(part.rest) < 4 AND (part.rest = delivery_flag OR part.rest = delivery_flag || ' ') THEN 'damaged'
                    WHEN part.id <> '' AND starts_with(part.rest, delivery_flag || ' ') THEN delivery_flag
                    WHEN part.id <> '' AND part.rest = 'Completed' THEN 'Completed'
                    WHEN contains(part.rest, ' rejected ') AND regexp_matches(part.rest, ' rejected (RCPT|MAIL|DATA|after DATA|during )') THEN 'rejected'
                    WHEN starts_with(part.rest, 'TLS error') OR starts_with(part.rest, 'TLS session') THEN 'TLS'
                END AS flag
            FROM (
                SELECT
                    *,
                    map_extract_value(map(['<=', '=>', '->', '>>', '**', '=='], ['<=', '=>', '->', '>>', '**', '==']), left(part.rest, 2)) AS delivery_flag
                FROM (
                    SELECT
                        * EXCLUDE (usual),
                        CASE
                            WHEN usual IS NULL THEN NULL
                            WHEN
                                usual.first_word = '' OR (usual.stamp = '' AND (NOT contains(usual.program, 'exim') OR regexp_matches(usual.first_word, '^\d{4}-\d\d-')))
                                THEN exim_any_part(line)
                            WHEN regexp_full_match(usual.first_word, '\w{6}-\w{6,11}-\w{2,4}')
                                THEN struct_pack(server := usual.server, stamp := usual.stamp, zone := usual.zone, id := usual.first_word, rest := usual.rest)
                            ELSE struct_pack(
                                server := usual.server, stamp := usual.stamp, zone := usual.zone, id := '', rest := usual.first_word || ' ' || usual.rest
                            )
                        END AS part
                    FROM (
                        SELECT
                            entry.source_id,
                            entry.line,
                            file.modified[entry.source_id - file.before_id] AS modified,
                            file.years[entry.source_id - file.before_id] AS years,
                            file.log_zone,
                            CASE
                                WHEN
                                    contains(entry.line, '<=') OR contains(entry.line, '=>') OR contains(entry.line, 'Completed') OR contains(entry.line, '->')
                                    OR contains(entry.line, '>>') OR contains(entry.line, '** ') OR contains(entry.line, '==')
                                    OR contains(entry.line, 'rejected') OR contains(entry.line, 'TLS ')
                                    THEN exim_usual_part(entry.line)
                            END AS usual
                        FROM query_table(relation) AS entry
                        CROSS JOIN log_clock(files) AS file
                    )
                )
            )
        )
    )
) AS entry;

-- Split H=mx1.partner.example (helo) [203.0.113.9]:25 into its parts; the host name is missing if Exim could not look it up.
CREATE OR REPLACE MACRO exim_peer(text) AS
CASE
    WHEN contains(text, ' H=')
        THEN regexp_extract(substr(text, strpos(text, ' H=') + 3), '^([^\s(\[]*) ?(?:\(([^)]*)\) ?)?\[([^\]]+)\]', ['host', 'helo', 'ip'])
    ELSE regexp_extract(text, '(?:^|\s)(?:H=|(?:from|to) (?:H=)?)([^\s(\[]*) ?(?:\(([^)]*)\) ?)?\[([^\]]+)\]', ['host', 'helo', 'ip'])
END;

-- Return version and cipher of X=TLS1.3:TLS_AES_256_GCM_SHA384:256, which has a star for a resumed session; old versions write TLSv1:AES256-SHA:256.
CREATE OR REPLACE MACRO exim_cipher(text) AS
regexp_extract(coalesce(exim_field(text, 'X'), ''), '^((?:TLS|SSL)v?[\w.]*):([^\s:]+)', ['version', 'cipher']);
