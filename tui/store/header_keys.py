"""The keys that the header of a query file may have, and the values that some of them may have."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

QUERY_KEYS: Mapping[str, str] = {
    "title": "A short title; every file needs one.",
    "help": "One or more lines of explanation.",
    "params": "The parameters of the statement with their types: since timestamp, connector text.",
    "result": "The dataclass in tui/rows whose fields are the columns of the statement.",
}
FINDING_KEYS: Mapping[str, str] = {
    "severity": "warning or information.",
    "advice": "What to do about the finding.",
    "tls": "The TLS version that the finding is about; the screens open the list of the hosts that use it.",
    "limit": "Without effect; accepted for files of earlier versions.",
    "direction": "Without effect; accepted for files of earlier versions.",
    "finding": "One line for each finding of a file that returns several: id | TLS version or nothing | title | advice.",
}
FORMAT_KEYS: Mapping[str, str] = {
    "provides": "What files of this format contain, for mailflow formats.",
    "lacks": "What files of this format do not contain.",
    "tls_from": "The other export or log that records TLS; it is shown with Not recorded.",
    "recognise": "How a file is recognised: header COLUMN… · json KEY… · line REGEX (in the first 60 lines) · first REGEX (first line).",
    "required_columns": "The columns without which a file of this format is rejected.",
    "reader": "How rows are read: csv · json (the column item is the whole object) · lines (one column, line).",
    "columns": "The columns of the relation raw: all text, NULL where a file lacks one.",
    "headerless_columns": "The columns, in order, of a file that begins without its header.",
    "json_path": "The key under which a JSON document has its list of objects.",
    "locale_dates": "The column with dates like 3/4/2026; whether the day comes first is detected over the column, as read_file.day_first.",
    "naive_timestamps": "A regular expression for timestamps without a zone, so that a load reports which zone was used.",
    "system": "The system that writes such files, where the rows do not name it.",
    "grain": "day where a row is a sum of messages; session where rows are other servers' reports of their sessions (default: message).",
    "into": "The table that the statement fills: message, connector, own_domain or tls_report.",
    "stage": "A query of queries/stages/ that reduces lines before they are stored.",
    "pending": "A query of queries/pending/: the rows whose session or message continues in another file.",
    "failures": "A query of queries/failures/: the sessions of the same lines whose TLS handshake failed.",
    "join_order": "as_written: joins keep the order of the statement; rows come in the order of the first relation.",
    "dedup_key": "Columns of raw: a line that has the same values in two files is counted once.",
    "detail": "A number: of several formats that record one hop, the one with the largest number provides each column.",
    "resolve": "What is resolved over all files (see the values below).",
    "superseded_by": "The sources that replace a row of this list where they record the same hop: logs, reports, or both; logs by session.",
    "shows_clear_text": "no where the files cannot show that mail had no TLS.",
    "connectors_from_settings": "yes where the files cannot record a connector: loaded settings provide it by address and domain.",
    "hosted_service": "yes where the servers in the rows are a provider's.",
    "row_limit": "The most that an export contains, such as 1000 messages or 50000, 100000 rows.",
    "tls_line": "A regular expression for a line about TLS, with the version as its group, for counting such lines in a file.",
    "session_in_line": "A regular expression for the session that a line names.",
}
FINDING_PARAMS: Mapping[str, tuple[str, str]] = {
    "since": ("timestamp", "The begin of the window, UTC."),
    "until": ("timestamp", "The end of the window, UTC, exclusive."),
    "now": ("timestamp", "The present time; only mailflow check asks such a finding."),
    "limit_percent": ("number", "The limit of this finding: [findings.limits], else that of its kind."),
    "limits": ("limits", "Its limits by connector, a list of structs {connector, percent}."),
    "share_limits": ("limits", "The same for each finding of the file, with the field finding."),
    "min_recorded": ("integer", "Fewer recorded messages are too few to judge."),
    "min_messages": ("integer", "force_messages of the configuration."),
    "min_days": ("integer", "force_days of the configuration."),
    "min_peers": ("integer", "ceiling_peers of the configuration."),
    "min_handshakes": ("integer", "handshakes of the configuration."),
    "max_age_hours": ("number", "stale_hours of the configuration."),
}
HEADER_KEYS = frozenset((*QUERY_KEYS, *FINDING_KEYS, *FORMAT_KEYS))

RESOLVE: Mapping[str, str] = {
    "infer clear text": "a message without a TLS line had no TLS, where the server logs TLS.",
    "direction by domain": "own domains decide the direction.",
    "own addresses": "the column own_ip contains addresses of own servers.",
    "earliest receipt": "of several receipts of a message the first is the hop.",
    "recorded receipt first": "of several receipts of a message the one with a recorded TLS version is the hop.",
    "internal deliveries": "a delivery without a record of a hop is internal mail.",
}
SUPERSEDED_BY = ("logs", "reports", "logs by session")
YES_NO = ("yes", "no")
AS_WRITTEN = "as_written"

# Keys that have one value: a second one would have no meaning.
SINGLE = ("shows_clear_text", "connectors_from_settings", "hosted_service", "grain", "join_order", "row_limit", "detail", "json_path")
PATTERNS = ("naive_timestamps", "tls_line", "session_in_line")

# The values that a key of a format may have.
ALLOWED_VALUES: Mapping[str, Sequence[str]] = {
    "resolve": tuple(RESOLVE),
    "superseded_by": SUPERSEDED_BY,
    "shows_clear_text": YES_NO,
    "connectors_from_settings": YES_NO,
    "hosted_service": YES_NO,
    "grain": ("message", "day", "session"),
    "join_order": (AS_WRITTEN,),
}

ROW_LIMIT = re.compile(r"\d+(, \d+)* (rows|messages)")
