-- title: The observations that are written
-- help: Rows of incoming that have a plausible time and are not older than the retention date, with defaults, and without the excluded columns (load --without).
CREATE OR REPLACE TEMP VIEW sound_observation AS
SELECT
    time_utc,
    cast(direction AS VARCHAR) AS direction,
    connector,
    cast(connector_type AS VARCHAR) AS connector_type,
    cast(forced_tls AS BOOLEAN) AS forced_tls,
    coalesce(cast(tls AS VARCHAR), 'Not recorded') AS tls,
    tls_raw,
    cipher,
    cast(verified AS VARCHAR) AS verified,
    coalesce(cast(status AS VARCHAR), 'accepted') AS status,
    -- Replies quote whatever they like: of them the codes stay.
    CASE
        WHEN getvariable('without_any')
            THEN nullif(regexp_extract(reply, '(?:^|[^\d.])([245]\d\d(?:[ -]#?[245]\.\d{1,3}\.\d{1,3})?)(?:[^\d.]|$)', 1), '')
        ELSE reply
    END AS reply,
    system,
    server,
    service,
    peer_host,
    helo,
    peer_ip,
    peer_domain,
    CASE WHEN getvariable('without_sender') THEN '@' || domain_of(sender) ELSE sender END AS sender,
    coalesce(
        CASE
            WHEN getvariable('without_recipients')
                THEN list_transform(recipients, LAMBDA one: '@' || coalesce(domain_of(cast(one AS VARCHAR)), ''))
            ELSE cast(recipients AS VARCHAR[])
        END, []
    ) AS recipients,
    -- A reader of CSV may return the line ends of folded subjects as they are or as LF, by what else is in the file.
    CASE WHEN NOT getvariable('without_subject') THEN replace(subject, chr(13), '') END AS subject,
    CASE
        WHEN NOT getvariable('without_sender') THEN auth_user
        WHEN contains(auth_user, '@') THEN '@' || domain_of(auth_user)
    END AS auth_user,
    certificate,
    security_policy,
    message_id,
    network_message_id,
    session_id,
    front_session_id,
    cast(hop_key AS UBIGINT) AS hop_key,
    cast(size_bytes AS BIGINT) AS size_bytes,
    coalesce(cast(messages AS BIGINT), 1) AS messages,
    coalesce(cast(is_estimate AS BOOLEAN), FALSE) AS is_estimate,
    coalesce(grain, source_grain) AS grain,
    cast(source_id AS INTEGER) AS source_id,
    cast(line_no AS BIGINT) AS line_no,
    own_ip
FROM incoming
INNER JOIN (SELECT source_id AS number, grain AS source_grain FROM trace.source) AS source ON incoming.source_id = source.number
WHERE
    problem IS NULL AND time_utc IS NOT NULL AND time_utc <= getvariable('horizon_utc')
    AND time_utc >= getvariable('kept_from')
