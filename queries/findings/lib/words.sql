-- title: Text of findings
-- help: Numbers, days and times as text, and whether a certificate fits.

-- Numbers, days and times as text of findings: ~1,204 messages, 12 Nov, 12 Nov 09:04.
CREATE OR REPLACE MACRO number_words(number, is_about) AS CASE WHEN is_about THEN '~' ELSE '' END || format('{:,}', cast(number AS BIGINT));

CREATE OR REPLACE MACRO counted(number, noun, is_about) AS
number_words(number, is_about) || ' ' || noun || CASE WHEN number = 1 THEN '' ELSE 's' END;

CREATE OR REPLACE MACRO day_words(day) AS strftime(day, '%-d %b');

CREATE OR REPLACE MACRO clock_words(moment) AS strftime(moment, '%-d %b %H:%M');

-- Whether the recorded verification of the peer's certificate is a failure: the verification status of Exchange, verify= of Sendmail, CV= of Exim and
-- the trust of Postfix. If no certificate is required, most of them mean nothing.
CREATE OR REPLACE MACRO check_failed(verified) AS coalesce(lower(trimmed(verified)) IN (
    'fail', 'failed', 'no', 'false', 'anonymous', 'untrusted', 'untrustedroot', 'certificatemismatch', 'subjectmismatch', 'nocnmatch',
    'certificateexpired', 'revoked', 'certificaterevoked', 'noremotecertificate', 'emptycertificate'
), FALSE);

-- Whether a certificate (its name, or its subject) has a required name: mx1.partner.example itself, the wildcard *.partner.example, and for a required
-- *.partner.example any name below. A thumbprint has no name, so it fits.
CREATE OR REPLACE MACRO certificate_fits(certificate, wanted) AS
NOT contains(certificate, '.')
OR regexp_matches(lower(certificate), '(^|[^a-z0-9-])' || regexp_escape(regexp_replace(lower(wanted), '^\*\.', '')))
OR contains(lower(certificate), '*.' || regexp_replace(lower(wanted), '^[^.]+\.', ''));
