-- title: An export ends at its row limit
-- help: Exchange Online cuts exports: an extended report at 1,000 messages, an enhanced summary or a list at 50,000 or 100,000 rows, a call of Get-MessageTrace at 1,000 or 5,000. A file with just as many is most likely a part.
-- severity: information
-- advice: Ask for the rest in shorter spans of time and load those files too; which of them overlap does not matter.
-- params: since timestamp, until timestamp
-- result: FindingRow
WITH told AS (
    SELECT
        source.source_id,
        source.path,
        source.format,
        source.row_count,
        count(DISTINCT hop.network_message_id) AS mails,
        cast(sum(hop.messages) AS BIGINT) AS messages,
        max(hop.time_utc) AS last_utc
    FROM source
    INNER JOIN every_message AS hop ON source.source_id = hop.source_id
    WHERE source.format LIKE 'exo_%' AND source.first_utc < $until AND source.last_utc >= $since
    GROUP BY source.source_id, source.path, source.format, source.row_count
),

cut AS (
    SELECT
        *,
        CASE
            WHEN format = 'exo_extended' AND mails = 1000 THEN '1,000 messages'
            WHEN format IN ('exo_enhanced', 'exo_connector_messages') AND row_count IN (50000, 100000) THEN format('{:,}', row_count) || ' rows'
            WHEN format = 'exo_message_trace' AND row_count IN (1000, 5000, 50000) THEN format('{:,}', row_count) || ' rows'
        END AS reached
    FROM told
)

SELECT
    messages,
    messages AS recorded,
    last_utc,
    regexp_extract(path, '([^/\\!]*)$', 1) AS what,
    'exactly ' || reached || ' in it' AS evidence
FROM cut
WHERE reached IS NOT NULL
ORDER BY what
