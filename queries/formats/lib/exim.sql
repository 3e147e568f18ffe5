-- title: Exim, line by line
-- help: What a line of mainlog says.

-- A field of a line, such as H= or S=, outside of quotes.
CREATE OR REPLACE MACRO exim_field(text, name) AS
nullif(string_split(string_split(CASE WHEN starts_with(text, name) THEN ' ' || text ELSE text END, ' ' || name || '=')[2], ' ')[1], '');

-- The same, where the value is quoted: T="Greetings", DN="CN=mx1.partner.example".
CREATE OR REPLACE MACRO exim_quoted(text, name) AS
CASE
    WHEN NOT contains(text, name || '="') THEN NULL
    WHEN contains(text, '\')
        THEN nullif(regexp_replace(regexp_extract(text, '(?:^|\s)' || name || '="((?:[^"\\]|\\.)*)"', 1), '\\(.)', '\1', 'g'), '')
    ELSE nullif(string_split(string_split(' ' || text, ' ' || name || '="')[2], '"')[1], '')
END;

CREATE OR REPLACE MACRO exim_unquoted(text) AS CASE WHEN contains(text, '="') THEN regexp_replace(text, '="(?:[^"\\]|\\.)*"', '=', 'g') ELSE text END;

-- The address behind a flag: bob@partner.example, bob <bob@example.com>, <>.
CREATE OR REPLACE MACRO exim_address(text) AS CASE
    WHEN contains(text, ' <') AND regexp_matches(text, '^\S+ <[^>\s]*>') AND NOT contains(string_split(text, ' ')[1], '@')
        THEN regexp_extract(text, '^\S+ <([^>\s]*)>', 1)
    ELSE trim(string_split(text, ' ')[1], '<>:')
END;

-- A line in its parts. What most lines are is cut by patterns that can match in one way only, which is four times faster: a mainlog's own line
-- (2026-09-13 11:51:53.107 +0200 [4977] id rest, most of it optional), and one in syslog (Sep 13 11:51:53 mail exim[4977]: id rest).
CREATE OR REPLACE MACRO exim_usual_part(line) AS CASE
    WHEN ascii(line) BETWEEN 48 AND 57
        THEN regexp_extract(
            line, '^()()(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?) (?:([+-]\d{4}) )?(?:\[\d+\] )?([^\s\[+-]\S*) (.*)$',
            ['server', 'program', 'stamp', 'zone', 'word', 'rest']
        )
    ELSE regexp_extract(
        line, '^\w{3} [ \d]\d [\d:]{8} (\S+) ([^\s:]+): ()()(?:\[\d+\] )?([^\s\[]\S*) (.*)$', ['server', 'program', 'stamp', 'zone', 'word', 'rest']
    )
END;

CREATE OR REPLACE MACRO exim_any_part(line) AS regexp_extract(
    line,
    '^(?:\S+\s+\| )?(?:(?:\w{3} [ \d]\d [\d:]{8}|\d{4}-\d\d-\d\dT\S+) (\S+) \S*exim\S*: )?(?:(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?)(?: ([+-]\d{4}))?)?'
    || ' ?(?:\[\d+\] )?(?:(\w{6}-\w{6,11}-\w{2,4}) )?(.*)$',
    ['server', 'stamp', 'zone', 'id', 'rest']
);

-- What matters of a mainlog, alone or in syslog. Every row stays, so that rows keep their line numbers; what the hops do not need is NULL.
-- A line is a time, its process, a message id, a flag, and what the flag says.
CREATE OR REPLACE MACRO exim_rows(relation, files) AS TABLE  -- noqa: CP05
SELECT
    told.source_id,
    told.flag,
    CASE WHEN told.flag IS NOT NULL THEN nullif(told.part.server, '') END AS server,
    CASE WHEN told.flag IS NOT NULL THEN nullif(told.part.id, '') END AS id,
    told.time_utc,
    CASE
        WHEN told.flag IN ('Completed', 'damaged') THEN NULL WHEN told.flag IN ('rejected', 'TLS') THEN told.part.rest
        ELSE substr(told.part.rest, 4)
    END AS text,
    CASE
        WHEN told.flag = 'damaged' THEN 'the line ends before its address'
        WHEN told.flag IS NOT NULL AND told.time_utc IS NULL THEN 'the line has no time'
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
                    WHEN mark IS NOT NULL AND length(part.rest) < 4 AND (part.rest = mark OR part.rest = mark || ' ') THEN 'damaged'
                    WHEN part.id <> '' AND starts_with(part.rest, mark || ' ') THEN mark
                    WHEN part.id <> '' AND part.rest = 'Completed' THEN 'Completed'
                    WHEN contains(part.rest, ' rejected ') AND regexp_matches(part.rest, ' rejected (RCPT|MAIL|DATA|after DATA|during )') THEN 'rejected'
                    WHEN starts_with(part.rest, 'TLS error') OR starts_with(part.rest, 'TLS session') THEN 'TLS'
                END AS flag
            FROM (
                SELECT
                    *,
                    map_extract_value(map(['<=', '=>', '->', '>>', '**', '=='], ['<=', '=>', '->', '>>', '**', '==']), left(part.rest, 2)) AS mark
                FROM (
                    SELECT
                        * EXCLUDE (usual),
                        CASE
                            WHEN usual IS NULL THEN NULL
                            WHEN
                                usual.word = '' OR (usual.stamp = '' AND (NOT contains(usual.program, 'exim') OR regexp_matches(usual.word, '^\d{4}-\d\d-')))
                                THEN exim_any_part(line)
                            WHEN regexp_full_match(usual.word, '\w{6}-\w{6,11}-\w{2,4}')
                                THEN struct_pack(server := usual.server, stamp := usual.stamp, zone := usual.zone, id := usual.word, rest := usual.rest)
                            ELSE struct_pack(
                                server := usual.server, stamp := usual.stamp, zone := usual.zone, id := '', rest := usual.word || ' ' || usual.rest
                            )
                        END AS part
                    FROM (
                        SELECT
                            told.source_id,
                            told.line,
                            file.modified[told.source_id - file.before_id] AS modified,
                            file.years[told.source_id - file.before_id] AS years,
                            file.log_zone,
                            CASE
                                WHEN
                                    contains(told.line, '<=') OR contains(told.line, '=>') OR contains(told.line, 'Completed') OR contains(told.line, '->')
                                    OR contains(told.line, '>>') OR contains(told.line, '** ') OR contains(told.line, '==')
                                    OR contains(told.line, 'rejected') OR contains(told.line, 'TLS ')
                                    THEN exim_usual_part(told.line)
                            END AS usual
                        FROM query_table(relation) AS told
                        CROSS JOIN log_clock(files) AS file
                    )
                )
            )
        )
    )
) AS told;

-- H=mx1.partner.example (helo) [203.0.113.9]:25 in its parts; the name is missing where it could not be looked up.
CREATE OR REPLACE MACRO exim_peer(text) AS
CASE
    WHEN contains(text, ' H=')
        THEN regexp_extract(substr(text, strpos(text, ' H=') + 3), '^([^\s(\[]*) ?(?:\(([^)]*)\) ?)?\[([^\]]+)\]', ['host', 'helo', 'ip'])
    ELSE regexp_extract(text, '(?:^|\s)(?:H=|(?:from|to) (?:H=)?)([^\s(\[]*) ?(?:\(([^)]*)\) ?)?\[([^\]]+)\]', ['host', 'helo', 'ip'])
END;

-- X=TLS1.3:TLS_AES_256_GCM_SHA384:256, with a star where the session was resumed; old ones read TLSv1:AES256-SHA:256.
CREATE OR REPLACE MACRO exim_cipher(text) AS
regexp_extract(coalesce(exim_field(text, 'X'), ''), '^((?:TLS|SSL)v?[\w.]*):([^\s:]+)', ['version', 'cipher']);
