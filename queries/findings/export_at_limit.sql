-- title: An export ends at its row limit
-- help: Some systems cut exports: Exchange Online an extended report at 1,000 messages, an enhanced summary or a list at 50,000 or 100,000 rows, a call of Get-MessageTrace at 1,000 or 5,000. A file with exactly as many is most likely incomplete.
-- severity: information
-- advice: Ask for the rest in shorter spans of time and load those files too; they may overlap.
-- params: since timestamp, until timestamp
-- result: FindingRow
WITH exports AS (
    SELECT
        source.source_id,
        source.path,
        source.row_count,
        list_transform(regexp_extract_all(rule.row_limit, '\d+'), LAMBDA one: cast(one AS BIGINT)) AS limits,
        ends_with(rule.row_limit, 'messages') AS counts_messages
    FROM source
    INNER JOIN trace.source_format AS rule ON source.format = rule.format
    WHERE rule.row_limit IS NOT NULL AND source.first_utc < $until AND source.last_utc >= $since
),

counted_exports AS (
    SELECT
        exports.path,
        exports.limits,
        exports.counts_messages,
        CASE WHEN exports.counts_messages THEN count(DISTINCT coalesce(hop.network_message_id, hop.message_id)) ELSE exports.row_count END AS size,
        cast(sum(hop.messages) AS BIGINT) AS messages,
        max(hop.time_utc) AS last_utc
    FROM exports
    INNER JOIN every_message AS hop ON exports.source_id = hop.source_id
    GROUP BY exports.source_id, exports.path, exports.row_count, exports.limits, exports.counts_messages
)

SELECT
    messages,
    messages AS recorded,
    last_utc,
    regexp_extract(path, '([^/\\!]*)$', 1) AS what,
    format('exactly {:,} {} in it', size, CASE WHEN counts_messages THEN 'messages' ELSE 'rows' END) AS evidence
FROM counted_exports
WHERE list_contains(limits, size)
ORDER BY what
