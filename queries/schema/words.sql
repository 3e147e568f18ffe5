-- title: Words in values and of findings
-- help: Segments of custom data, numbers and days as text, and whether a certificate fits.

-- Segments agent:key=value, parted by semicolons; a value that holds one itself is quoted. Keys may be dotted and vary in case.
-- A connector's name inside quotes must not be taken for a key, so plain keys are looked up outside of them.
CREATE OR REPLACE MACRO unquoted_data(custom_data) AS
regexp_replace(custom_data, '(^|;)''[A-Za-z]:.*?''(;|$)', ';', 'gs');

CREATE OR REPLACE MACRO data_value(custom_data, key_pattern) AS
nullif(trim(regexp_extract(unquoted_data(custom_data), '(?:^|;)[A-Za-z]:(?:[\w.]*\.)?(?:' || key_pattern || ')=([^;]*)', 1, 'i')), '');

CREATE OR REPLACE MACRO data_quoted(custom_data, key_pattern) AS nullif(coalesce(
    nullif(regexp_extract(custom_data, '(?:^|;)''[A-Za-z]:(?:[\w.]*\.)?(?:' || key_pattern || ')=(.*?)''(?:;|$)', 1, 'is'), ''),
    data_value(custom_data, key_pattern)
), '');

CREATE OR REPLACE MACRO connector_name_of(connector_data) AS nullif(
    trim(regexp_extract(
        connector_data, '(?:^|;)Name=(.*?)(?:;(?:ConnectorType|ConnectorSource|TenantId|OrganizationId|Guid|Id)=|$)', 1, 'is'
    )), ''
);

-- Whether a time as it is stored may lie in a span. In other zones than UTC the moment of a daily total is worked out, and DuckDB would read every
-- message to compare it: this condition beside the exact one lets it leave out the rest.
CREATE OR REPLACE MACRO is_near(stored_utc, since_utc, until_utc) AS
stored_utc >= cast(since_utc AS TIMESTAMP) - INTERVAL 1 DAY AND stored_utc < cast(until_utc AS TIMESTAMP) + INTERVAL 1 DAY;

-- Numbers, days and times in the words of findings: ~1,204 messages, 12 Nov, 12 Nov 09:04.
CREATE OR REPLACE MACRO number_words(number, is_about) AS CASE WHEN is_about THEN '~' ELSE '' END || format('{:,}', cast(number AS BIGINT));

CREATE OR REPLACE MACRO counted(number, noun, is_about) AS
number_words(number, is_about) || ' ' || noun || CASE WHEN number = 1 THEN '' ELSE 's' END;

CREATE OR REPLACE MACRO day_words(day) AS strftime(day, '%-d %b');

CREATE OR REPLACE MACRO clock_words(moment) AS strftime(moment, '%-d %b %H:%M');

-- Whether the words of a system say that the other side's certificate was not what it had to be: the verification status of Exchange, verify= of
-- Sendmail, CV= of Exim and the trust of Postfix. Without a demand for a certificate most of them mean nothing.
CREATE OR REPLACE MACRO check_failed(verified) AS coalesce(lower(bare(verified)) IN (
    'fail', 'failed', 'no', 'false', 'anonymous', 'untrusted', 'untrustedroot', 'certificatemismatch', 'subjectmismatch', 'nocnmatch',
    'certificateexpired', 'revoked', 'certificaterevoked', 'noremotecertificate', 'emptycertificate'
), FALSE);

-- Whether a certificate (its name, or its subject) has a wanted name: mx1.partner.example itself, *.partner.example above it, and for the wanted
-- *.partner.example any name below. A thumbprint tells no name, so it fits.
CREATE OR REPLACE MACRO certificate_fits(certificate, wanted) AS
NOT contains(certificate, '.')
OR regexp_matches(lower(certificate), '(^|[^a-z0-9-])' || regexp_escape(regexp_replace(lower(wanted), '^\*\.', '')))
OR contains(lower(certificate), '*.' || regexp_replace(lower(wanted), '^[^.]+\.', ''));
