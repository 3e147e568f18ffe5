"""The keys that the header of a query file may have, and the values that some of them may have."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

HEADER_KEYS = frozenset(
    [
        *("title", "help", "params", "result"),
        *("severity", "advice", "tls", "limit", "direction", "finding"),
        *("provides", "lacks", "tls_from", "recognise", "required_columns", "reader", "columns", "headerless_columns", "json_path"),
        *("locale_dates", "naive_timestamps", "system", "grain", "into", "stage", "pending", "failures", "join_order", "dedup_key"),
        *(
            "detail",
            "resolve",
            "superseded_by",
            "shows_clear_text",
            "connectors_from_settings",
            "hosted_service",
            "row_limit",
            "tls_line",
            "session_in_line",
        ),
    ]
)

RESOLVE = ("infer clear text", "direction by domain", "own addresses", "earliest receipt", "recorded receipt first", "internal deliveries")
SUPERSEDED_BY = ("logs", "reports", "logs by session")
YES_NO = ("yes", "no")
AS_WRITTEN = "as_written"

# Keys that have one value: a second one would mean nothing.
SINGLE = ("shows_clear_text", "connectors_from_settings", "hosted_service", "grain", "join_order", "row_limit", "detail", "json_path")
PATTERNS = ("naive_timestamps", "tls_line", "session_in_line")

# The values that a key of a format may have.
ALLOWED_VALUES: Mapping[str, Sequence[str]] = {
    "resolve": RESOLVE,
    "superseded_by": SUPERSEDED_BY,
    "shows_clear_text": YES_NO,
    "connectors_from_settings": YES_NO,
    "hosted_service": YES_NO,
    "grain": ("message", "day", "session"),
    "join_order": (AS_WRITTEN,),
}

ROW_LIMIT = re.compile(r"\d+(, \d+)* (rows|messages)")
