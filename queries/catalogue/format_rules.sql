-- title: Rules of formats, from their headers
-- help: The parameters are columns: a list each, one value per format.
-- params: format texts, system texts, tls_from texts, detail integers, list_level integers, pairs_by_session booleans, infers_clear_text booleans, decides_direction_by_domain booleans, finds_own_addresses booleans, earliest_receipt_counts booleans, recorded_receipt_first booleans, infers_from_deliveries booleans, shows_clear_text booleans, connectors_from_settings booleans, is_hosted_service booleans, row_limit texts
CREATE OR REPLACE TEMP TABLE format_rule AS
SELECT
    unnest($format) AS format,
    unnest($system) AS system,
    unnest($tls_from) AS tls_from,
    unnest($detail) AS detail,
    unnest($list_level) AS list_level,
    unnest($pairs_by_session) AS pairs_by_session,
    unnest($infers_clear_text) AS infers_clear_text,
    unnest($decides_direction_by_domain) AS decides_direction_by_domain,
    unnest($finds_own_addresses) AS finds_own_addresses,
    unnest($earliest_receipt_counts) AS earliest_receipt_counts,
    unnest($recorded_receipt_first) AS recorded_receipt_first,
    unnest($infers_from_deliveries) AS infers_from_deliveries,
    unnest($shows_clear_text) AS shows_clear_text,
    unnest($connectors_from_settings) AS connectors_from_settings,
    unnest($is_hosted_service) AS is_hosted_service,
    unnest($row_limit) AS row_limit
