-- title: Which comes first in a file's dates, the day or the month
-- help: A number above 12 tells; what a file does not tell, the others of the same load may. Else the month, and the file says so. Sets day_first and date_note.
WITH part AS (
    SELECT
        source_id,
        date_text,
        try_cast(regexp_extract(date_text, '^\s*(\d{1,2})/(\d{1,2})/\d{2,4}', 1) AS INTEGER) AS one,
        try_cast(regexp_extract(date_text, '^\s*(\d{1,2})/(\d{1,2})/\d{2,4}', 2) AS INTEGER) AS two
    FROM dated
),

seen AS (
    SELECT
        source_id,
        count(one) AS dates,
        min(date_text) FILTER (WHERE one > 12) AS shows_day_first,
        min(date_text) FILTER (WHERE two > 12) AS shows_month_first
    FROM part
    GROUP BY source_id
),

known AS (
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
    FROM seen
)

UPDATE read_file SET
    day_first = known.day_first,
    date_note = CASE
        WHEN known.dates = 0 THEN NULL
        WHEN known.shows_day_first IS NOT NULL AND known.shows_month_first IS NOT NULL THEN 'dates mix day first and month first: read as month first'
        WHEN known.shows_day_first IS NOT NULL THEN 'dates read day first, as ' || known.shows_day_first || ' shows'
        WHEN known.shows_month_first IS NOT NULL THEN 'dates read month first, as ' || known.shows_month_first || ' shows'
        WHEN known.day_first THEN 'no date tells whether the day or the month comes first: read day first, as in other files of this load'
        ELSE 'no date tells whether the day or the month comes first: read month first'
    END
FROM known
WHERE read_file.source_id = known.source_id
