-- title: Syslog lines
-- help: For formats of syslog files: the timestamp, the host, and the program with its process id.
-- public: yes

-- A line without what precedes its timestamp: the priority of syslog, or the container name of docker compose.
CREATE OR REPLACE MACRO log_line(line) AS CASE
    WHEN ascii(line) BETWEEN 48 AND 57 OR ascii(line) BETWEEN 65 AND 90 THEN line
    ELSE regexp_replace(line, '^(?:<\d{1,3}>(?:1 )?|\S+\s*\|\s+)', '')
END;

-- A line whose beginning matches a pattern, with the timestamp in the first group as ISO 8601, and the replacement for the match after it. The clock is
-- a format of strptime, or epoch for seconds since 1970. A line that does not match, or whose time is not valid, is unchanged.
CREATE OR REPLACE MACRO dated_line(line, pattern, replacement, clock) AS CASE
    WHEN regexp_matches(line, pattern) THEN coalesce(
        CASE
            WHEN clock = 'epoch'
                THEN strftime(make_timestamp(try_cast(regexp_extract(line, pattern, 1) AS BIGINT) * 1000000), '%Y-%m-%dT%H:%M:%SZ')
            ELSE strftime(try_strptime(regexp_extract(line, pattern, 1), clock), '%Y-%m-%dT%H:%M:%S')
        END || regexp_replace(line, pattern, replacement), line
    )
    ELSE line
END;

-- The number of characters of the timestamp at the start of a line: 2026-09-13T11:51:53+02:00, Sep 13 11:51:53 or Sep 13 11:51:53.404.
CREATE OR REPLACE MACRO stamp_length(head) AS CASE
    WHEN ascii(head) BETWEEN 48 AND 57 THEN strpos(head, ' ') - 1
    WHEN substr(head, 16, 1) = ' ' THEN 15
    ELSE 14 + strpos(substr(head, 16), ' ')
END;

-- An RFC 3164 timestamp without the fraction of a second that some programs add.
CREATE OR REPLACE MACRO plain_stamp(head) AS CASE
    WHEN ascii(head) BETWEEN 48 AND 57 THEN left(head, strpos(head, ' ') - 1) ELSE left(head, 15)
END;

-- The IP address of a peer such as mx1.partner.example[203.0.113.9]:25.
CREATE OR REPLACE MACRO address_in(peer) AS address_of(string_split(string_split(peer, '[')[2], ']')[1]);

-- The host name of a peer such as mx1.partner.example[203.0.113.9]:25; NULL for unknown and for an address.
CREATE OR REPLACE MACRO host_before(peer) AS CASE
    WHEN starts_with(peer, '[') OR starts_with(peer, 'unknown[') THEN NULL
    WHEN string_split(peer, '[')[1] = string_split(split_part(peer, '[', 2), ']')[1] THEN NULL
    ELSE nullif(string_split(peer, '[')[1], '')
END;

-- Whether an address is a loopback address: ::1 or 127.0.0.0/8.
CREATE OR REPLACE MACRO is_own_address(address) AS coalesce(address = '::1' OR starts_with(address, '127.'), FALSE);

-- One row with the time of the last change of each file and the time zone of timestamps without one, to be cross joined to the lines. The entry of a
-- line's file is modified[source_id - before_id].
CREATE OR REPLACE MACRO log_clock(files) AS TABLE  -- noqa: CP05
SELECT
    list(file.modified_utc ORDER BY source_id) AS modified,
    list(year(file.modified_utc) || ' ' ORDER BY source_id) AS years,
    min(source_id) - 1 AS before_id,
    any_value(file.log_zone) AS log_zone
FROM (SELECT unnest(range(min(source_id), max(source_id) + 1)) AS source_id FROM query_table(files))
LEFT JOIN query_table(files) AS file USING (source_id);

-- The clock time at the start of a line in the given year, NULL where it is not valid there; log_utc tries it first, because most lines are of that
-- year.
CREATE OR REPLACE MACRO log_clock_of(head, of_year) AS CASE
    WHEN ascii(head) > 57 THEN try_strptime(of_year || left(head, 15), '%Y %b %d %H:%M:%S')
END;

-- The moment in UTC of the timestamp at the start of a line, with the clock of log_clock_of where that could be computed.
CREATE OR REPLACE MACRO log_utc(head, clock, modified_utc, zone) AS CASE
    WHEN clock <= modified_utc + INTERVAL 36 HOUR THEN CASE WHEN zone = 'UTC' THEN clock ELSE utc_of(clock, zone) END
    WHEN ascii(head) BETWEEN 48 AND 57 THEN iso_utc(left(head, strpos(head, ' ') - 1), zone)
    ELSE rfc3164_utc(left(head, 15), modified_utc, zone)
END;

-- Per file and server the first and the last time, and since_utc: since when the log of the server has no gap. A gap is more than 12 hours without a
-- line between two files.
CREATE OR REPLACE MACRO log_spans(relation) AS TABLE  -- noqa: CP05
SELECT
    *,
    max(CASE WHEN starts_span THEN first_utc END) OVER (PARTITION BY server ORDER BY first_utc, source_id ROWS UNBOUNDED PRECEDING) AS since_utc
FROM (
    SELECT
        *,
        coalesce(
            first_utc > INTERVAL 12 HOUR
            + max(last_utc) OVER (PARTITION BY server ORDER BY first_utc, source_id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), TRUE
        ) AS starts_span
    FROM (
        SELECT
            source_id,
            server,
            min(time_utc) AS first_utc,
            max(time_utc) AS last_utc
        FROM query_table(relation)
        WHERE time_utc IS NOT NULL
        GROUP BY ALL
    )
);
