-- title: Admin centre connector report, details export
-- help: One row per day and connector with a column per TLS version, as counts or as percentages of Volume. Counts from percentages are estimates, marked ~.
-- provides: direction, connector, connector type, Forced TLS?, TLS versions as daily totals
-- lacks: single messages, peers, senders, the hour
-- recognise: header date connector_direction_and_name volume
-- required_columns: date, connector_direction_and_name, volume, no_tls
-- reader: csv
-- system: Exchange Online
-- grain: day
-- columns: date, connector_direction_and_name, connector_type, forced_tls, no_tls, tls_1_0, tls_1_1, tls_1_2, tls_1_3, volume
-- hosted_service: yes
-- into: message
WITH dated_rows AS (
    SELECT
        *,
        trimmed(date) AS trimmed_date
    FROM raw
),

report_rows AS (
    SELECT
        source_id,
        line_no,
        date AS date_text,
        day_of(trimmed_date, max(try_cast(string_split(trimmed_date, '/')[1] AS INTEGER)) OVER (PARTITION BY source_id) BETWEEN 13 AND 31) AS day,
        trimmed(connector_direction_and_name) AS label,
        connector_type,
        forced_tls,
        count_of(volume) AS volume,
        [
            { 'tls': 'No TLS', 'cell': no_tls }, { 'tls': 'TLS 1.0', 'cell': tls_1_0 }, { 'tls': 'TLS 1.1', 'cell': tls_1_1 },
            { 'tls': 'TLS 1.2', 'cell': tls_1_2 }, { 'tls': 'TLS 1.3', 'cell': tls_1_3 }
        ] AS cells
    FROM dated_rows
),

version_cells AS (
    SELECT
        * EXCLUDE (cells),
        unnest(cells).tls AS tls,
        trimmed(coalesce(unnest(cells).cell, '')) AS cell_text
    FROM report_rows
),

-- 61%(735) contains the count; else the cell is a count, or a percentage with or without %.
cell_values AS (
    SELECT
        *,
        coalesce(
            cast(recorded_count AS DOUBLE),
            CASE WHEN has_counts AND recorded_percent IS NOT NULL THEN round(recorded_percent * volume / 100) ELSE recorded_percent END,
            cast(count_of(cell_text) AS DOUBLE),
            try_cast(replace(cell_text, ',', '.') AS DOUBLE),
            0
        ) AS value
    FROM (
        SELECT
            *,
            count_of(regexp_extract(cell_text, '\((.*)\)', 1)) AS recorded_count,
            try_cast(replace(regexp_extract(cell_text, '^[~<> ]*([0-9.,]+) ?%', 1), ',', '.') AS DOUBLE) AS recorded_percent,
            bool_or(regexp_matches(cell_text, '%.*\(.*\d.*\)')) OVER (PARTITION BY source_id) AS has_counts
        FROM version_cells
    )
),

row_totals AS (
    SELECT
        *,
        sum(value) OVER (PARTITION BY source_id, line_no) AS row_sum,
        -- A file of counts stays one even if a row does not add up: percentages cannot exceed 100 by more than rounding.
        NOT has_counts AND (
            bool_or(recorded_percent IS NOT NULL) OVER (PARTITION BY source_id)
            OR (bool_or(sum_of_row <> volume) OVER (PARTITION BY source_id) AND max(sum_of_row) OVER (PARTITION BY source_id) <= 101)
        ) AS is_percent
    FROM (SELECT *, sum(value) OVER (PARTITION BY source_id, line_no) AS sum_of_row FROM cell_values)
),

-- Convert percentages to whole messages by largest remainder; ties go to the older TLS version. A sum within one point of 100 is a rounding error.
shares AS (
    SELECT
        *,
        CASE WHEN row_sum >= 99 THEN volume ELSE cast(round(volume * row_sum / 100) AS BIGINT) END AS target,
        cast(round(value * 1000) AS BIGINT) * volume AS quota,
        cast(CASE WHEN row_sum >= 99 THEN round(row_sum * 1000) ELSE 100000 END AS BIGINT) AS divisor
    FROM row_totals
),

message_counts AS (
    SELECT
        *,
        CASE
            WHEN NOT is_percent THEN cast(value AS BIGINT)
            ELSE quota // divisor
                + CASE
                    WHEN row_number() OVER (PARTITION BY source_id, line_no ORDER BY quota % divisor DESC, tls)
                        <= target - sum(quota // divisor) OVER (PARTITION BY source_id, line_no)
                        THEN 1
                    ELSE 0
                END
        END AS messages
    FROM shares
),

buckets AS (
    SELECT source_id, line_no, date_text, day, label, connector_type, forced_tls, volume, row_sum, is_percent, tls, messages
    FROM message_counts
    WHERE messages > 0
    UNION ALL
    SELECT source_id, line_no, any_value(date_text), any_value(day), any_value(label), any_value(connector_type), any_value(forced_tls), any_value(volume), any_value(row_sum), any_value(is_percent), 'Not recorded', any_value(volume) - sum(messages)
    FROM message_counts
    GROUP BY source_id, line_no
    HAVING any_value(volume) > sum(messages) OR any_value(volume) IS NULL OR any_value(day) IS NULL
)

SELECT
    source_id,
    line_no,
    cast(day AS TIMESTAMP) AS time_utc,
    CASE
        WHEN label ILIKE 'from %' OR label ILIKE 'inbound%' THEN 'inbound' WHEN label ILIKE 'to %' OR label ILIKE 'outbound%' THEN 'outbound'
        ELSE 'unknown'
    END AS direction,
    CASE WHEN label NOT ILIKE '%without a connector' THEN regexp_replace(label, '^(from your org|from partner|to your org|to partner|inbound|outbound)\s*[-:–]\s*', '', 'i') END AS connector,
    coalesce(connector_type_of(connector_type), CASE WHEN label ILIKE '% partner %' THEN 'Partner' WHEN label ILIKE '% your org %' THEN 'OnPremises' END) AS connector_type,
    boolean_of(forced_tls) AS forced_tls,
    tls AS tls_raw,
    tls,
    CASE WHEN label ILIKE 'to %' OR label ILIKE 'outbound%' THEN 'delivered' ELSE 'accepted' END AS status,
    'Exchange Online' AS system,
    [] AS recipients,
    messages,
    is_percent AS is_estimate,
    md5_number_lower(concat_ws('|', 'eac', day, lower(label), tls)) AS hop_key,
    CASE
        WHEN lower(date_text) = 'date' THEN ''
        WHEN day IS NULL THEN 'Date is not a date'
        WHEN volume IS NULL THEN 'Volume is not a number'
        WHEN is_percent AND row_sum > 101 THEN 'the percentages sum to more than 100'
        WHEN NOT is_percent AND row_sum > volume THEN 'the counts sum to more than Volume'
    END AS problem
FROM buckets
