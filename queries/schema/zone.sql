-- title: Times in the display zone
-- help: The session's TimeZone is the display zone; trace files contain UTC.

-- The local time of the display zone.
CREATE OR REPLACE MACRO local_time(utc) AS cast(timezone('UTC', utc) AS TIMESTAMP);

-- A daily total belongs to its day in any zone: its time is the first moment of that day in the display zone.
CREATE OR REPLACE MACRO moment_of(grain, utc) AS CASE WHEN grain = 'day' THEN timezone('UTC', cast(utc AS TIMESTAMPTZ)) ELSE utc END;
