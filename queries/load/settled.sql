-- title: Hops without a TLS line, decided
-- help: Some logs show clear text only by the absence of a line. From the first message on that has TLS at the same system, server, service and way, a hop without that line was clear text; before it, or where none has, nothing is recorded. Only rows that change.
WITH proof AS (
    SELECT
        system,
        server,
        service,
        direction = 'outbound' AS is_sent,
        min(time_utc) AS since_utc
    FROM trace.message
    WHERE enum_code(tls) BETWEEN 1 AND 6
    GROUP BY ALL
),

decided AS (
    SELECT
        message.rowid AS row_no,
        message.time_utc,
        message.tls,
        CASE WHEN message.time_utc >= proof.since_utc THEN 'No TLS' ELSE 'Not recorded' END AS tls_now
    FROM trace.message
    LEFT JOIN proof
        ON message.system = proof.system
        AND message.server IS NOT DISTINCT FROM proof.server
        AND message.service IS NOT DISTINCT FROM proof.service
        AND (message.direction = 'outbound') = proof.is_sent
    WHERE message.tls_raw = 'no TLS line'
)

SELECT row_no, time_utc, tls_now FROM decided WHERE cast(tls AS VARCHAR) <> tls_now
