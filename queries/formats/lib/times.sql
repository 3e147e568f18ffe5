-- title: Timestamps
-- help: Timestamps and days of sources, converted to UTC. Runs in the memory catalogue, so that every cursor sees them.
-- public: yes

-- A timestamp of an export: ISO 8601 with or without Z, PowerShell's JSON dates, and the regional forms that are not ambiguous; NULL for anything else.
CREATE OR REPLACE MACRO time_of(text) AS coalesce(
    try_cast(text AS TIMESTAMP),
    cast(make_timestamp(try_cast(regexp_extract(text, '^/Date\((\d+)\)/$', 1) AS BIGINT) * 1000) AS TIMESTAMP),
    try_strptime(text, ['%m/%d/%Y %I:%M:%S %p', '%m/%d/%Y %H:%M:%S', '%m/%d/%Y %H:%M', '%d.%m.%Y %H:%M:%S', '%d.%m.%Y %H:%M', '%m/%d/%Y', '%d.%m.%Y'])
);

-- The moment in UTC of a local time in a time zone.
CREATE OR REPLACE MACRO utc_of(clock, zone) AS cast(timezone('UTC', timezone(zone, cast(clock AS TIMESTAMP))) AS TIMESTAMP);

-- The moment in UTC of a syslog timestamp: ISO 8601 with its offset, or RFC 3164 (Sep 3 11:51:53), which has neither year nor zone. The year is the
-- latest in which the timestamp is not more than a day after the file's last change; 29 February is of the last leap year.
CREATE OR REPLACE MACRO syslog_utc(stamp, modified_utc, zone) AS CASE
    WHEN ascii(stamp) BETWEEN 48 AND 57 THEN iso_utc(stamp, zone)
    ELSE rfc3164_utc(stamp, modified_utc, zone)
END;

-- The moment in UTC of an ISO 8601 timestamp; one without an offset is of the given time zone.
CREATE OR REPLACE MACRO iso_utc(stamp, zone) AS CASE
    WHEN regexp_matches(stamp, '(Z|[+-]\d\d:?\d\d)$') THEN cast(timezone('UTC', try_cast(stamp AS TIMESTAMPTZ)) AS TIMESTAMP)
    ELSE utc_of(try_cast(stamp AS TIMESTAMP), zone)
END;

-- The moment in UTC of a timestamp such as Sep  3 11:51:53, in the latest year that is not after the file's last change.
CREATE OR REPLACE MACRO rfc3164_utc(stamp, modified_utc, zone) AS utc_of(  -- noqa: PRS
    coalesce(
        CASE
            WHEN try_strptime(year(modified_utc) || ' ' || stamp, '%Y %b %d %H:%M:%S') <= modified_utc + INTERVAL 36 HOUR
                THEN try_strptime(year(modified_utc) || ' ' || stamp, '%Y %b %d %H:%M:%S')
        END,
        try_strptime((year(modified_utc) - 1) || ' ' || stamp, '%Y %b %d %H:%M:%S'),
        list_max(list_transform(range(2, 5), LAMBDA back: try_strptime((year(modified_utc) - back) || ' ' || stamp, '%Y %b %d %H:%M:%S')))
    ),
    zone
);

-- The moment of a timestamp in a regional form: 4/17/2026 6:14:59 PM, 17/04/2026 18:14, 17.04.2026 18:14:59, 2026-04-17 18:14. day_first is detected
-- over the whole column (read_file.day_first), because 03/04/2026 is ambiguous. A timestamp with an offset is converted to UTC.
CREATE OR REPLACE MACRO locale_time(text, day_first) AS coalesce(
    CASE WHEN regexp_matches(text, '^\d{4}-\d\d-\d\d[T ].*[+-]\d\d:?\d\d$') THEN cast(timezone('UTC', try_cast(text AS TIMESTAMPTZ)) AS TIMESTAMP) END,
    try_cast(text AS TIMESTAMP),
    CASE
        WHEN day_first OR contains(string_split(text, ' ')[1], '.') THEN try_strptime(
            regexp_replace(regexp_replace(text, '[.-]', '/', 'g'), ',? +', ' '),
            ['%d/%m/%y %H:%M:%S', '%d/%m/%y %H:%M', '%d/%m/%Y %H:%M:%S', '%d/%m/%Y %I:%M:%S %p', '%d/%m/%Y %H:%M', '%d/%m/%Y %I:%M %p', '%d/%m/%Y']
        )
        ELSE try_strptime(
            regexp_replace(regexp_replace(text, '[.-]', '/', 'g'), ',? +', ' '),
            ['%m/%d/%y %I:%M:%S %p', '%m/%d/%y %H:%M', '%m/%d/%Y %I:%M:%S %p', '%m/%d/%Y %H:%M:%S', '%m/%d/%Y %I:%M %p', '%m/%d/%Y %H:%M', '%m/%d/%Y']
        )
    END,
    time_of(text)
);

-- The day of a date in a regional form; day_first is detected over the whole column.
CREATE OR REPLACE MACRO day_of(text, day_first) AS coalesce(
    cast(try_cast(left(text, 10) AS DATE) AS DATE),
    CASE WHEN day_first THEN cast(try_strptime(string_split(text, ' ')[1], '%d/%m/%Y') AS DATE) END,
    cast(try_strptime(string_split(text, ' ')[1], ['%m/%d/%Y', '%d.%m.%Y', '%d/%m/%Y']) AS DATE)
);
