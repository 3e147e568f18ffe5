-- title: Significant TLS 1.0 or No TLS mail flow
-- help: The TLS version of the title (TLS 1.0 includes SSL; No TLS is clear text) has more than the limit of the recorded messages, over the whole window.
-- severity: warning
-- params: since timestamp, until timestamp, min_recorded integer, share_limits limits
-- result: FindingRow
-- finding: tls10_partner_inbound | TLS 1.0 | Inbound Partner connector seeing significant TLS1.0 mail flow | Partner's server: ask them for TLS 1.2 before TLS 1.0 is refused.
-- finding: tls10_partner_outbound | TLS 1.0 | Outbound Partner connector seeing significant TLS1.0 mail flow | Partner's server: ask them for TLS 1.2 before TLS 1.0 is refused.
-- finding: tls10_onpremises_inbound | TLS 1.0 | Inbound OnPremises connector seeing significant TLS1.0 mail flow | Your own server: upgrade or fix it before TLS 1.0 is refused.
-- finding: tls10_onpremises_outbound | TLS 1.0 | Outbound OnPremises connector seeing significant TLS1.0 mail flow | Your own server: upgrade or fix it before TLS 1.0 is refused.
-- finding: tls10_connector_inbound | TLS 1.0 | Inbound connector seeing significant TLS1.0 mail flow | Load the connector's settings to learn whose server this is; then fix your own, or ask the partner for TLS 1.2, before TLS 1.0 is refused.
-- finding: tls10_connector_outbound | TLS 1.0 | Outbound connector seeing significant TLS1.0 mail flow | Load the connector's settings to learn whose server this is; then fix your own, or ask the partner for TLS 1.2, before TLS 1.0 is refused.
-- finding: tls10_none_inbound | TLS 1.0 | Inbound mail without a connector seeing significant TLS1.0 mail flow | Third-party servers: you cannot fix them. Check who they are, and contact those whose mail matters.
-- finding: tls10_none_outbound | TLS 1.0 | Outbound mail without a connector seeing significant TLS1.0 mail flow | Third-party servers: you cannot fix them. Check who they are, and contact those whose mail matters.
-- finding: no_tls_partner_inbound | No TLS | Inbound Partner connector seeing significant No TLS mail flow | Partner's server: ask them to offer STARTTLS with TLS 1.2 before clear text is refused.
-- finding: no_tls_partner_outbound | No TLS | Outbound Partner connector seeing significant No TLS mail flow | Partner's server: ask them to offer STARTTLS with TLS 1.2 before clear text is refused.
-- finding: no_tls_onpremises_inbound | No TLS | Inbound OnPremises connector seeing significant No TLS mail flow | Your own server: turn on TLS there before clear text is refused.
-- finding: no_tls_onpremises_outbound | No TLS | Outbound OnPremises connector seeing significant No TLS mail flow | Your own server: turn on TLS there before clear text is refused.
-- finding: no_tls_connector_inbound | No TLS | Inbound connector seeing significant No TLS mail flow | Load the connector's settings to learn whose server this is; then fix your own, or ask the partner to offer STARTTLS with TLS 1.2, before clear text is refused.
-- finding: no_tls_connector_outbound | No TLS | Outbound connector seeing significant No TLS mail flow | Load the connector's settings to learn whose server this is; then fix your own, or ask the partner to offer STARTTLS with TLS 1.2, before clear text is refused.
-- finding: no_tls_none_inbound | No TLS | Inbound mail without a connector seeing significant No TLS mail flow | Third-party servers: you cannot fix them. Check who they are, and contact those whose mail matters.
-- finding: no_tls_none_outbound | No TLS | Outbound mail without a connector seeing significant No TLS mail flow | Third-party servers: you cannot fix them. Check who they are, and contact those whose mail matters.
-- By direction and group: connectors of one type, of unknown type ('connector'), or mail without one ('none'). A connector's own limit overrides the finding's.
WITH share_limits AS (
    SELECT unnest(cast($share_limits AS STRUCT(finding VARCHAR, connector VARCHAR, percent DOUBLE)[])) AS of_share
),

share AS (
    SELECT
        kind || '_' || CASE WHEN connector IS NULL THEN 'none' WHEN connector_type IS NULL THEN 'connector' ELSE lower(connector_type) END
        || '_' || direction AS finding,
        *,
        CASE kind WHEN 'tls10' THEN tls10 ELSE no_tls END AS messages,
        CASE kind WHEN 'tls10' THEN tls10_last_utc ELSE no_tls_last_utc END AS last_utc
    FROM connector_shares($since, $until)
    CROSS JOIN (SELECT unnest(['no_tls', 'tls10']) AS kind)
),

shares_with_limits AS (
    SELECT
        share.*,
        coalesce(own.of_share.percent, general.of_share.percent) AS limit_percent
    FROM share
    INNER JOIN share_limits AS general ON share.finding = general.of_share.finding AND general.of_share.connector = ''
    LEFT JOIN share_limits AS own ON share.finding = own.of_share.finding AND lower(share.connector) = own.of_share.connector
)

SELECT
    finding,
    direction,
    connector,
    connector_type,
    messages,
    recorded,
    100.0 * messages / recorded AS percent,
    limit_percent,
    is_estimate,
    last_utc,
    recorded < $min_recorded AS too_few
FROM shares_with_limits
WHERE messages * 100.0 > limit_percent * recorded
ORDER BY finding, messages DESC, connector
