-- title: Changes between two states of the context
-- help: Names that were added or removed, and for services the span in which the meaning of a missing TLS line changed.
CREATE OR REPLACE TEMP TABLE context_change AS
SELECT
    coalesce(earlier.kind, later.kind) AS kind,
    coalesce(earlier.name, later.name) AS name,
    coalesce(earlier.service_key, later.service_key) AS service_key,
    least(coalesce(earlier.since_utc, TIMESTAMP '9999-01-01'), coalesce(later.since_utc, TIMESTAMP '9999-01-01')) AS since_utc,
    greatest(coalesce(earlier.since_utc, TIMESTAMP '9999-01-01'), coalesce(later.since_utc, TIMESTAMP '9999-01-01')) AS until_utc
FROM context_before AS earlier
FULL JOIN context AS later
    ON earlier.kind = later.kind AND earlier.name IS NOT DISTINCT FROM later.name AND earlier.service_key IS NOT DISTINCT FROM later.service_key
WHERE
    earlier.kind IS NULL OR later.kind IS NULL OR earlier.since_utc IS DISTINCT FROM later.since_utc
