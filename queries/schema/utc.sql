-- title: Times are shown in UTC
-- help: What schema/zone does for other zones; here it must cost nothing.
CREATE OR REPLACE MACRO local_time(utc) AS utc;

CREATE OR REPLACE MACRO moment_of(grain, utc) AS utc;
