"""Every writer, by the id of its format."""

from __future__ import annotations

from collections.abc import Sequence

from sample_data.generator.writers import Writer
from sample_data.generator.writers.amazon_ses import AMAZON_SES
from sample_data.generator.writers.cisco_esa import CISCO_ESA
from sample_data.generator.writers.cisco_esa_cef import CISCO_ESA_CEF
from sample_data.generator.writers.exchange_tracking import EXCHANGE_TRACKING, EXCHANGE_TRACKING_EXPORT
from sample_data.generator.writers.exim import EXIM
from sample_data.generator.writers.exo_connector_messages import EXO_CONNECTOR_MESSAGES
from sample_data.generator.writers.exo_details import EXO_TRACE_DETAIL
from sample_data.generator.writers.exo_lists import EXO_ENHANCED, EXO_MESSAGE_TRACE
from sample_data.generator.writers.exo_transit import EXO_TRANSIT_SECURITY
from sample_data.generator.writers.fortimail import FORTIMAIL
from sample_data.generator.writers.google import GOOGLE_BIGQUERY, GOOGLE_LOG_SEARCH
from sample_data.generator.writers.haraka import HARAKA
from sample_data.generator.writers.hornetsecurity import HORNETSECURITY
from sample_data.generator.writers.kumomta import KUMOMTA
from sample_data.generator.writers.mail_headers import MAIL_HEADERS
from sample_data.generator.writers.mimecast import MIMECAST, MIMECAST_TEXT
from sample_data.generator.writers.opensmtpd import OPENSMTPD
from sample_data.generator.writers.postfix import POSTFIX
from sample_data.generator.writers.proofpoint import PROOFPOINT_MAILLOG, PROOFPOINT_MESSAGE
from sample_data.generator.writers.sendmail import SENDMAIL
from sample_data.generator.writers.trend_micro import TREND_MICRO

_ALL: Sequence[Writer] = (
    EXIM,
    OPENSMTPD,
    POSTFIX,
    SENDMAIL,
    EXO_ENHANCED,
    EXO_MESSAGE_TRACE,
    EXO_TRACE_DETAIL,
    EXO_CONNECTOR_MESSAGES,
    EXCHANGE_TRACKING,
    EXCHANGE_TRACKING_EXPORT,
    MIMECAST,
    MIMECAST_TEXT,
    TREND_MICRO,
    AMAZON_SES,
    KUMOMTA,
    PROOFPOINT_MESSAGE,
    PROOFPOINT_MAILLOG,
    HORNETSECURITY,
    GOOGLE_LOG_SEARCH,
    GOOGLE_BIGQUERY,
    CISCO_ESA,
    CISCO_ESA_CEF,
    MAIL_HEADERS,
    FORTIMAIL,
    HARAKA,
    EXO_TRANSIT_SECURITY,
)

WRITERS: dict[str, Writer] = {writer.format: writer for writer in _ALL}
