-- title: Detect whether a file's dates have the day or the month first
-- help: A number above 12 decides; if a file has none, the other files of the load decide, else the month is first and a note is added. Sets day_first and date_note.
WITH date_parts AS (
    SELECT
        source_id,
        date_text,
        try_cast(regexp_extract(date_text, '^\s*(\d{1,2})/(\d{1,2})/\d{2,4}', 1) AS INTEGER) AS one,
        try_cast(regexp_extract(date_text, '^\s*(\d{1,2})/(\d{1,2})/\d{2,4}', 2) AS INTEGER) AS two
    FROM dated
),

date_shapes AS (
    SELECT
        source_id,
        count(one) AS dates,
        min(date_text) FILTER (WHERE one > 12) AS shows_day_first,
        min(date_text) FILTER (WHERE two > 12) AS shows_month_first
    FROM date_parts
    GROUP BY source_id
),

date_orders AS (
    SELECT
        *,
        coalesce(
            CASE
                WHEN shows_day_first IS NOT NULL AND shows_month_first IS NULL THEN TRUE
                WHEN shows_month_first IS NOT NULL THEN FALSE
            END,
            CASE WHEN count(shows_month_first) OVER () = 0 THEN count(shows_day_first) OVER () > 0 END,
            FALSE
        ) AS day_first
    FROM date_shapes
)

UPDATE read_file SET
    day_first = date_orders.day_first,
    date_note = CASE
        WHEN date_orders.dates = 0 THEN NULL
        WHEN date_orders.shows_day_first IS NOT NULL AND date_orders.shows_month_first IS NOT NULL THEN 'dates mix day first and month first: read as month first'
        WHEN date_orders.shows_day_first IS NOT NULL THEN 'dates read day first, as ' || date_orders.shows_day_first || ' shows'
        WHEN date_orders.shows_month_first IS NOT NULL THEN 'dates read month first, as ' || date_orders.shows_month_first || ' shows'
        WHEN date_orders.day_first THEN 'no date shows whether the day or the month comes first: read day first, as in other files of this load'
        ELSE 'no date shows whether the day or the month comes first: read month first'
    END
FROM date_orders
WHERE read_file.source_id = date_orders.source_id
