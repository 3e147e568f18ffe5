-- title: Which way mail went, by own domains
-- help: Lists of messages that name neither connector nor session tell a direction only by who is one of us: from us to others is outbound, from others to us inbound, from us to us internal. Answers the messages of such lists that change.
WITH own AS (
    SELECT list(DISTINCT lower(domain)) AS domains FROM trace.own_domain
),

told AS (
    SELECT
        hop.rowid AS row_no,
        hop.time_utc,
        hop.direction,
        hop.sender,
        hop.recipients,
        hop.status,
        hop.reply,
        coalesce(list_contains(own.domains, domain_of(hop.sender)), FALSE) AS is_from_us,
        len(hop.recipients) > 0
        AND list_has_all(own.domains, list_transform(hop.recipients, LAMBDA one: coalesce(domain_of(one), ''))) AS is_to_us
    FROM trace.message AS hop
    INNER JOIN trace.source ON hop.source_id = source.source_id
    CROSS JOIN own
    WHERE list_contains(getvariable('by_domain'), source.format) AND own.domains IS NOT NULL
),

decided AS (
    SELECT
        *,
        CASE
            WHEN is_from_us AND is_to_us THEN 'internal'
            WHEN is_from_us THEN 'outbound'
            WHEN is_to_us THEN 'inbound'
            ELSE cast(direction AS VARCHAR)
        END AS way
    FROM told
)

SELECT
    row_no,
    time_utc,
    way,
    -- What a list calls the fate of a message is that of the way out; on the way in it was accepted, whatever became of it.
    CASE
        WHEN way <> 'outbound' OR status <> 'accepted' THEN cast(status AS VARCHAR)
        WHEN lower(reply) IN ('failed', 'quarantined', 'filteredasspam', 'filtered as spam') THEN 'bounced'
        WHEN lower(reply) IN ('pending', 'getting status', 'gettingstatus') THEN 'unfinished'
        ELSE 'handed over'
    END AS status,
    CASE way WHEN 'inbound' THEN domain_of(sender) WHEN 'outbound' THEN domain_of(recipients[1]) END AS peer_domain
FROM decided
WHERE cast(direction AS VARCHAR) <> way
