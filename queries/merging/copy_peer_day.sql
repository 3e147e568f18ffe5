-- title: Totals of days whose messages are not stored
-- help: Of another trace file none of whose sources is loaded here.
-- params: moment timestamp
INSERT INTO trace.peer_day BY NAME
SELECT
    * REPLACE (
        cast(direction AS VARCHAR) AS direction,
        cast(tls AS VARCHAR) AS tls
    )
FROM part.peer_day
WHERE day < $moment
