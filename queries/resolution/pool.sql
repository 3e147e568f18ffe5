-- title: The observations that are resolved together
-- help: New ones of hops and identifiers that several records share, and the stored ones that are affected, but for those that are removed. cluster_no separates records of one hop key that are further apart than the longest queue time. is_no_hop: a record shows that the hop was none (messages is 0).
CREATE OR REPLACE TEMP TABLE pool AS
WITH stored AS (
    SELECT
        * EXCLUDE (recorded_direction, recorded_status, recorded_tls, recorded_peer_domain, is_merged)
        REPLACE (
            coalesce(recorded_direction, direction) AS direction,
            coalesce(recorded_status, status) AS status,
            coalesce(recorded_tls, tls) AS tls,
            CASE WHEN recorded_direction IS NULL THEN peer_domain ELSE recorded_peer_domain END AS peer_domain
        )
    FROM trace.message
    WHERE NOT is_merged AND rowid IN (SELECT row_no FROM affected_message)
    UNION ALL BY NAME
    SELECT * EXCLUDE (message_hop_key)
    FROM trace.replaced_observation
    WHERE rowid IN (SELECT row_no FROM affected_observation)
),

remaining AS (
    SELECT
        * REPLACE (
            cast(direction AS VARCHAR) AS direction,
            cast(connector_type AS VARCHAR) AS connector_type,
            cast(tls AS VARCHAR) AS tls,
            cast(status AS VARCHAR) AS status
        )
    FROM stored
    ANTI JOIN removed_row AS gone ON stored.source_id = gone.source_id AND stored.line_no = gone.line_no
    WHERE source_id NOT IN (SELECT source_id FROM removed_source)
    UNION ALL BY NAME
    SELECT * EXCLUDE (own_ip)
    FROM sound_observation
    WHERE hop_key IN (SELECT hop_key FROM contended_hop)
),

-- Narrow rows are parted: windows that carry all columns along cost several times as much.
moments AS (
    SELECT
        hop_key,
        time_utc,
        count(*) AS records,
        bool_or(messages = 0 AND grain = 'message') AS is_no_hop
    FROM remaining
    GROUP BY hop_key, time_utc
),

parted AS (
    SELECT
        *,
        coalesce(time_utc - lag(time_utc) OVER (PARTITION BY hop_key ORDER BY time_utc) > longest_queue_time(), FALSE) AS begins
    FROM moments
),

numbered AS (
    SELECT
        *,
        sum(CASE WHEN begins THEN 1 ELSE 0 END) OVER (PARTITION BY hop_key ORDER BY time_utc) AS cluster_no
    FROM parted
),

clusters AS (
    SELECT
        hop_key,
        time_utc,
        cluster_no,
        cast(sum(records) OVER (PARTITION BY hop_key, cluster_no) AS BIGINT) AS record_count,
        bool_or(is_no_hop) OVER (PARTITION BY hop_key, cluster_no) AS is_no_hop
    FROM numbered
)

SELECT
    remaining.*,
    clusters.cluster_no,
    clusters.record_count,
    clusters.is_no_hop
FROM remaining
INNER JOIN clusters ON remaining.hop_key = clusters.hop_key AND remaining.time_utc = clusters.time_utc
