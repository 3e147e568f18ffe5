-- title: Times are shown in the zone that was asked for
-- help: The session's TimeZone is the display zone; trace files hold UTC.

-- The clock of the display zone at a moment.
CREATE OR REPLACE MACRO local_time(utc) AS cast(timezone('UTC', utc) AS TIMESTAMP);

-- A daily total belongs to its day in any zone: it stands at the first moment of that day in the display zone.
CREATE OR REPLACE MACRO moment_of(grain, utc) AS CASE WHEN grain = 'day' THEN timezone('UTC', cast(utc AS TIMESTAMPTZ)) ELSE utc END;
