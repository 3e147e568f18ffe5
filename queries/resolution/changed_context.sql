-- title: Which kinds of context changed, and in which span
-- help: One row for each kind.
SELECT
    kind,
    min(since_utc) AS since_utc,
    max(until_utc) AS until_utc
FROM context_change
GROUP BY kind
