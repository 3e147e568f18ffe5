-- title: Totals of days whose messages are not stored
-- help: Of another trace file none of whose sources is loaded here.
-- params: moment timestamp
INSERT INTO trace.flow_quarter BY NAME
SELECT
    * REPLACE (
        cast(direction AS VARCHAR) AS direction,
        cast(connector_type AS VARCHAR) AS connector_type,
        cast(tls AS VARCHAR) AS tls,
        cast(status AS VARCHAR) AS status
    )
FROM part.flow_quarter
WHERE quarter_utc < $moment
